using System.Text.Json.Nodes;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;

namespace JustHungry.NameServer.Commands;

/// <summary>
/// <c>nameserver repair</c>: gives a register that was lost, or restored from an old copy, the latest view that any replica has
/// adopted, under an epoch higher than that of any view that has been forgotten. <see cref="RepairPlan"/> says who stays in it.
/// </summary>
internal static class RepairCommand
{
    /// <summary>A name server refuses proposals during its first second.</summary>
    private const int TriesMax = 5;
    private const int RetryMs = 300;

    /// <summary>For one server among many, which may be dead or frozen.</summary>
    private static readonly TimeSpan ReplicaPatience = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(OperatorClient client, RepairOptions options)
    {
        ViewIs current = await client.AskAsync<GetView, ViewIs>(new GetView(options.Group)).ConfigureAwait(false);
        if (current.Health == GroupHealth.TwoClusters)
            return options.Answer.Refuse(nameof(GroupHealth.TwoClusters),
                $"replicas of two clusters are registered under {options.Group}. Stop those that don't belong here, wait 10 s, and try again.");
        if (current.Health == GroupHealth.Healthy)
            return options.Answer.Done(ToJson(current.View, repaired: false), $"nothing to repair: the view of {options.Group} agrees with its replicas.");

        List<Located> replicas = await LocateAsync(client, options).ConfigureAwait(false);
        View? latest = replicas.Select(r => r.Report?.View).OfType<View>().MaxBy(v => v.Epoch);
        foreach (Located replica in replicas)
            Console.Error.WriteLine("  " + replica.Describe());
        if (latest is null)
            return options.Answer.Refuse("NoReplica", $"no replica of {options.Group} answers with a view. Start its servers, then try again.");
        if (replicas.Find(r => r.Registration.Adopted > latest.Epoch) is { } later)
            return options.Answer.Refuse("ReplicaSilent",
                $"{later.Registration.Name} has adopted epoch {later.Registration.Adopted} and does not answer: its view must be known. Start it again, or, " +
                "if it is gone for good, wait 10 s until its name is removed, and try again.");

        UInt128 proposalId = FreshIds.Next();
        RepairPlan plan = PlanOf(current.View, replicas, proposalId)!;
        if (!plan.View.IsWellFormed)
            return options.Answer.Refuse(nameof(ProposalOutcome.Illegal),
                $"the latest view ({ViewCommand.Describe(latest)}) can't be repaired: what would follow is no view. Stop the servers that answer with it, then try again.");
        Explain(current.View, plan);
        if (!options.Yes && !Confirm(options.Group))
            return options.Answer.Refuse("NotConfirmed", "nothing was changed.");

        // The operator may have taken a while to answer, so check that the servers still say what was shown.
        replicas = await LocateAsync(client, options).ConfigureAwait(false);
        if (PlanOf(current.View, replicas, proposalId)?.View.HasSameContentAs(plan.View) != true)
            return options.Answer.Refuse("Changed", "the servers' answers changed meanwhile. Nothing was changed; try again.");

        var proposal = new Propose(proposalId, ProposalKind.Repair, current.View?.Epoch ?? Epoch.None, plan.View, Epoch.None, EvidenceHolds: false);
        Proposed answer = await client.AskAsync<Propose, Proposed>(proposal).ConfigureAwait(false);
        for (int tried = 1; answer.Outcome == ProposalOutcome.TooEarly && tried < TriesMax; tried++)
        {
            await Task.Delay(RetryMs).ConfigureAwait(false);
            answer = await client.AskAsync<Propose, Proposed>(proposal).ConfigureAwait(false);
        }

        return answer.Outcome == ProposalOutcome.Accepted
            ? options.Answer.Done(ToJson(answer.View, repaired: true), $"repaired: {ViewCommand.Describe(plan.View)}")
            : options.Answer.Refuse(answer.Outcome.ToString(),
                $"the name server refused the repair ({answer.Outcome}): something changed meanwhile. Look at 'nameserver view', and try again.");
    }

    private static async Task<List<Located>> LocateAsync(OperatorClient client, NameServerOptions options)
    {
        var request = new List("", [NameRules.BackendMetadata, NameRules.GroupMetadata(options.Group)], AnyMetadata: false);
        Listed listed = await client.AskAsync<List, Listed>(request).ConfigureAwait(false);
        return [.. await Task.WhenAll(listed.Registrations.Select(r => AskStatusAsync(r, options.Caller))).ConfigureAwait(false)];
    }

    private static async Task<Located> AskStatusAsync(Registration registration, Caller caller)
    {
        try
        {
            OperatorClient replica = await OperatorClient.ConnectAsync(registration.Endpoint, Role.Replica, caller, ReplicaPatience, CancellationToken.None).ConfigureAwait(false);
            await using (replica.ConfigureAwait(false))
            {
                StatusReport report = await replica.AskAsync<Status, StatusReport>(default).ConfigureAwait(false);
                return report.Self.Disk == registration.Disk && report.Cluster == registration.Cluster && (report.View is null || report.View.Group == caller.Group)
                    ? new Located(registration, report, "")
                    : new Located(registration, null, "another server answers there");
            }
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            return new Located(registration, null, e.Message);
        }
    }

    private static RepairPlan? PlanOf(View? current, List<Located> replicas, UInt128 proposalId) =>
        RepairPlan.Of(current, [.. replicas.Select(r => r.Report).OfType<StatusReport>()], proposalId);

    private static void Explain(View? current, RepairPlan plan)
    {
        Console.Error.WriteLine($"now:    {(current is null ? "no view" : ViewCommand.Describe(current))}");
        Console.Error.WriteLine($"repair: {ViewCommand.Describe(plan.View)}");
        if (plan.KeepsMembers)
        {
            Console.Error.WriteLine(
                "KEEPS EVERY ORDER, unless there was an unclean promotion or a repair that none of these servers knows of: all of the latest view answer with " +
                "it. They go on; any other server keeps its data under another name and begins anew.");
            return;
        }

        string after = $"Only server {plan.View.Primary} goes on; every other one keeps its data under another name and begins anew.";
        if (plan.GivenUp is { } own)
        {
            Console.Error.WriteLine(
                $"MAY LOSE ORDERS: the register's own view ({ViewCommand.Describe(own)}) is of another history, which an unclean promotion or a repair began. All " +
                $"orders of that one are given up. {after} To keep it instead, stop the servers that answer with a later epoch, wait 10 s, and run this again.");
        }

        if (plan.Missing.Count == 0)
            return;
        string missing = string.Join(", ", plan.Missing.Select(m => m.Id));
        Console.Error.WriteLine($"MAY LOSE ORDERS: server {missing} of the latest view does not answer with it, and may hold orders that were acknowledged without the rest.");
        Console.Error.WriteLine(
            $"{after} To lose nothing of it, start {missing} first, and run this again.");
    }

    private static bool Confirm(string group)
    {
        Console.Error.Write($"Type 'repair {group}' to go on: ");
        return Console.In.ReadLine()?.Trim() == $"repair {group}";
    }

    private static JsonObject ToJson(View? view, bool repaired) =>
        new() { ["repaired"] = repaired, ["view"] = ViewJson.Of(view) };

    private sealed record Located(Registration Registration, StatusReport? Report, string Problem)
    {
        public string Describe() => Report is not { } report
            ? $"{Registration.Name} at {Registration.Endpoint}: no answer ({Problem})"
            : $"{Registration.Name} at {Registration.Endpoint}: {(report.View is null ? "no view" : ViewCommand.Describe(report.View))}";
    }
}
