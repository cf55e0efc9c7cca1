using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>A replica as registered and as it answered; no report: it did not.</summary>
/// <param name="Endpoint">Null for a member that is not registered now.</param>
internal sealed record SurveyedReplica(Member Member, Endpoint? Endpoint, StatusReport? Report);

/// <summary>A front end as registered and as it answered.</summary>
internal sealed record SurveyedFrontEnd(string Id, Endpoint Endpoint, FrontEndReport? Report);

/// <summary>A group as an operator sees it: the register, and what each process says of itself, asked at the same time.</summary>
internal sealed record GroupSurvey(View? View, GroupHealth Health, IReadOnlyList<SurveyedReplica> Replicas, IReadOnlyList<SurveyedFrontEnd> FrontEnds)
{
    /// <exception cref="ConnectionLostException">The name server can't be reached.</exception>
    public static async Task<GroupSurvey> TakeAsync(NameServerOptions options, CancellationToken cancel)
    {
        (ViewIs view, IReadOnlyList<Registration> replicas, IReadOnlyList<Registration> frontEnds) = await AskNameServerAsync(options, cancel).ConfigureAwait(false);

        Task<SurveyedReplica[]> asked = Task.WhenAll(replicas.Select(r => AskReplicaAsync(r, options.Group, cancel)));
        Task<SurveyedFrontEnd[]> askedToo = Task.WhenAll(frontEnds.Where(f => f.Name != NameRules.FrontEnd).Select(f => AskFrontEndAsync(f, options.Group, cancel)));
        SurveyedReplica[] located = await asked.ConfigureAwait(false);
        IEnumerable<SurveyedReplica> missing = (view.View?.Members ?? [])
            .Where(m => located.All(r => r.Member != m))
            .Select(m => new SurveyedReplica(m, null, null));
        return new GroupSurvey(view.View, view.Health, [.. located, .. missing], await askedToo.ConfigureAwait(false));
    }

    public SurveyedReplica? Find(string id) => Replicas.FirstOrDefault(r => r.Member.Id.Value == id && r.Endpoint is not null) ?? Replicas.FirstOrDefault(r => r.Member.Id.Value == id);

    /// <summary>Member of the view: what the original called initialised.</summary>
    public bool IsInitialised(SurveyedReplica replica) => View?.IsMember(replica.Member) ?? false;

    private static async Task<(ViewIs View, IReadOnlyList<Registration> Replicas, IReadOnlyList<Registration> FrontEnds)> AskNameServerAsync(
        NameServerOptions options, CancellationToken cancel)
    {
        string group = NameRules.GroupMetadata(options.Group);
        RpcClient client = await OperatorCalls.ConnectAsync(options.NameServer, options.Group, cancel).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            ViewIs view = await client.AskAsync<GetView, ViewIs>(new GetView(options.Group), cancel).ConfigureAwait(false);
            Listed replicas = await client.AskAsync<List, Listed>(new List("", [NameRules.BackendMetadata, group], false), cancel).ConfigureAwait(false);
            Listed frontEnds = await client.AskAsync<List, Listed>(new List("", [NameRules.FrontEndMetadata, group], false), cancel).ConfigureAwait(false);
            return (view, replicas.Registrations, frontEnds.Registrations);
        }
    }

    private static async Task<SurveyedReplica> AskReplicaAsync(Registration registration, string group, CancellationToken cancel)
    {
        StatusReport? report = await OperatorCalls.TryAskOnceAsync<Status, StatusReport>(registration.Endpoint, group, default, cancel).ConfigureAwait(false);
        return new SurveyedReplica(report?.Self ?? new Member(NameRules.TryReadId(registration.Metadata) ?? new ReplicaId(registration.Name), registration.Disk), registration.Endpoint, report);
    }

    private static async Task<SurveyedFrontEnd> AskFrontEndAsync(Registration registration, string group, CancellationToken cancel)
    {
        FrontEndReport? report =
            await OperatorCalls.TryAskOnceAsync<FrontEndStatus, FrontEndReport>(registration.Endpoint, group, default, cancel).ConfigureAwait(false);
        return new SurveyedFrontEnd(registration.Boot.ToString(), registration.Endpoint, report);
    }
}
