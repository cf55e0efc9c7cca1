using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// What a repair makes of what the replicas answer. If every replica that the latest view requires answers with that view, no later
/// one has served: a later view's members are among them, or were taken in by a primary that is one of them. Then all are kept.
/// Otherwise those that are away may hold what these lack: one goes on alone, and the loss is counted.
/// </summary>
/// <param name="View">The view to propose. It begins a lineage: whoever is no member begins anew.</param>
/// <param name="Missing">Whom the latest view requires, and who did not answer with it; empty: nothing is given up.</param>
internal sealed record RepairPlan(View View, IReadOnlyList<Member> Missing)
{
    public bool KeepsMembers => Missing.Count == 0;

    /// <summary>Null if nobody answers with a view.</summary>
    /// <param name="current">The register's own view, if it has one.</param>
    public static RepairPlan? Of(View? current, IReadOnlyList<StatusReport> answers, UInt128 proposalId)
    {
        if (answers.Select(a => a.View).OfType<View>().MaxBy(v => v.Epoch) is not { } latest)
            return null;

        List<StatusReport> level = [.. answers.Where(a => a.View is { } view && view.HasSameContentAs(latest) && latest.IsRequired(a.Self))];
        List<Member> missing = [.. latest.Required.Where(m => level.TrueForAll(a => a.Self != m))];
        var epoch = new Epoch(latest.Epoch.Value + Transition.RepairStep);
        View next = latest with
        {
            Epoch = epoch,
            DataLoss = Math.Max(latest.DataLoss, current?.DataLoss ?? 0),
            Lineage = new Lineage(proposalId, epoch),
        };
        if (missing.Count == 0)
            return new RepairPlan(next with { Primary = Furthest(latest, level.Where(a => latest.IsMember(a.Self))).Id }, missing);

        Member alone = Furthest(latest, level.Count > 0 ? level : answers.Where(a => a.View is not null));
        return new RepairPlan(next with { Primary = alone.Id, Members = [alone], Joining = null, DataLoss = next.DataLoss + 1 }, missing);
    }

    /// <summary>The one with the longest log; the latest primary if it is as long.</summary>
    private static Member Furthest(View latest, IEnumerable<StatusReport> among) =>
        among.OrderByDescending(a => a.Last).ThenByDescending(a => latest.IsPrimary(a.Self)).First().Self;
}
