using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;

namespace JustHungry.NameServer.Commands;

/// <summary>The verdict on a group, for <c>nameserver view</c>: every server and front end that the name server lists is asked, all at the same time.</summary>
internal static class GroupVerdict
{
    /// <summary>For one process of many, which may be dead or frozen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static async Task<Verdict> AskAsync(OperatorClient client, NameServerOptions options, ViewIs view)
    {
        Listed servers = await client.AskAsync<List, Listed>(new List("", [NameRules.BackendMetadata], false)).ConfigureAwait(false);
        Listed frontEnds = await client.AskAsync<List, Listed>(
            new List("", [NameRules.FrontEndMetadata, NameRules.GroupMetadata(options.Group)], false)).ConfigureAwait(false);
        ILookup<string?, Registration> byGroup = servers.Registrations.ToLookup(r => NameRules.TryReadGroup(r.Metadata));
        Task<KnownReplica[]> asked = Task.WhenAll(byGroup[options.Group].Select(r => AskAsync(r, options.Caller)));
        Task<KnownFrontEnd[]> askedToo = Task.WhenAll(frontEnds.Registrations.Where(r => r.Name != NameRules.FrontEnd).Select(r => AskFrontEndAsync(r, options.Caller)));
        return Diagnosis.Of(new GroupKnowledge
        {
            Group = options.Group,
            NameServer = options.NameServer,
            NameServerAnswers = true,
            Health = view.Health,
            View = view.View,
            Replicas = await asked.ConfigureAwait(false),
            FrontEnds = await askedToo.ConfigureAwait(false),
            OtherGroups = [.. byGroup.Select(g => g.Key).OfType<string>().Where(g => g != options.Group)],
        });
    }

    private static async Task<KnownReplica> AskAsync(Registration registration, Caller caller)
    {
        StatusReport? report = await OperatorClient.TryAskOnceAsync<Status, StatusReport>(registration.Endpoint, caller, default, Patience, CancellationToken.None).ConfigureAwait(false);
        return new KnownReplica(report?.Self ?? new Member(NameRules.TryReadId(registration.Metadata) ?? new ReplicaId(registration.Name), registration.Disk), report);
    }

    private static async Task<KnownFrontEnd> AskFrontEndAsync(Registration registration, Caller caller)
    {
        FrontEndReport? report =
            await OperatorClient.TryAskOnceAsync<FrontEndStatus, FrontEndReport>(registration.Endpoint, caller, default, Patience, CancellationToken.None).ConfigureAwait(false);
        return new KnownFrontEnd(registration.Endpoint.ToString(), report is not null, report is { HearsPrimary: true });
    }
}
