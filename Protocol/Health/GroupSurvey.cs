using System.Diagnostics;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Protocol.Health;

/// <summary>A replica as registered, with its report; null if it did not answer.</summary>
/// <param name="Endpoint">Null for a member that is not registered now.</param>
public sealed record SurveyedReplica(Member Member, Endpoint? Endpoint, StatusReport? Report)
{
    /// <summary>How its clock stands against that of whoever took the survey; null if it did not say.</summary>
    public ClockReading? Clock { get; init; }

    /// <summary>False if nobody knew where to ask it.</summary>
    public bool WasAsked { get; init; } = true;
}

/// <summary>A front end as registered, with its report; null if it did not answer.</summary>
public sealed record SurveyedFrontEnd(string Id, Endpoint Endpoint, FrontEndReport? Report);

/// <summary>
/// A group as an operator sees it: the register, and what each process reports of itself. All processes are asked at the same time.
/// </summary>
public sealed record GroupSurvey(View? View, GroupHealth Health, IReadOnlyList<SurveyedReplica> Replicas, IReadOnlyList<SurveyedFrontEnd> FrontEnds)
{
    /// <summary>For one process of many. It may be dead or frozen, and then the command reports that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How the name server answered.</summary>
    public SurveyedNameServer? NameServer { get; init; }

    /// <summary>The other groups that have servers at this name server.</summary>
    public IReadOnlyList<string> OtherGroups { get; init; } = [];

    /// <summary>The last views, oldest first.</summary>
    public IReadOnlyList<MadeView> History { get; init; } = [];

    /// <summary>False if it is not known which front ends there are, so that their silence says nothing.</summary>
    private bool ListsFrontEnds { get; init; } = true;

    /// <exception cref="ConnectionLostException">The name server can't be reached.</exception>
    public static async Task<GroupSurvey> TakeAsync(NameServerOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        return await TakeAsync(await NameServerSurvey.AskAsync(options, cancel).ConfigureAwait(false), options.Caller, cancel).ConfigureAwait(false);
    }

    /// <summary>Asks every process that the name server listed.</summary>
    public static async Task<GroupSurvey> TakeAsync(NameServerSurvey told, Caller caller, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(told);
        Task<SurveyedReplica[]> asked = Task.WhenAll(told.Replicas.Select(r => AskReplicaAsync(r, caller, cancel)));
        Task<SurveyedFrontEnd[]> askedToo = Task.WhenAll(told.FrontEnds.Where(f => f.Name != NameRules.FrontEnd).Select(f => AskFrontEndAsync(f, caller, cancel)));
        SurveyedReplica[] located = await asked.ConfigureAwait(false);
        return new GroupSurvey(told.View, told.Health, [.. located, .. MissingOf(told.View, located)], await askedToo.ConfigureAwait(false))
        {
            NameServer = told.Itself,
            History = told.History,
            OtherGroups = told.OtherGroups,
        };
    }

    /// <summary>
    /// Without the name server: asks these processes, of which it is not known which are servers and which are front ends. Null if none answers.
    /// </summary>
    public static async Task<GroupSurvey?> TryTakeAsync(NameServerOptions options, IReadOnlyList<Endpoint> processes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(processes);
        (SurveyedReplica? Replica, SurveyedFrontEnd? FrontEnd)[] asked = await Task.WhenAll(processes.Select(p => TryAskAsync(p, options.Caller, cancel))).ConfigureAwait(false);
        var survey = new GroupSurvey(null, GroupHealth.Healthy, [.. asked.Select(a => a.Replica).OfType<SurveyedReplica>()], [.. asked.Select(a => a.FrontEnd).OfType<SurveyedFrontEnd>()])
        {
            NameServer = new SurveyedNameServer(options.NameServers, AnsweredMs: null),
            ListsFrontEnds = asked.Any(a => a.FrontEnd is not null),
        };
        if (survey.Replicas.Count + survey.FrontEnds.Count == 0)
            return null;

        View? view = survey.KnowledgeOf(options.Group).Latest;
        SurveyedReplica[] missing = [.. MissingOf(view, survey.Replicas)];
        bool wereAsked = asked.Count(a => a is { Replica: null, FrontEnd: null }) >= missing.Length; // perhaps: nobody knows who listens where
        return survey with { View = view, Replicas = [.. survey.Replicas, .. missing.Select(m => m with { WasAsked = wereAsked })] };
    }

    /// <summary>Whether the group takes orders, judging by this survey.</summary>
    public Verdict VerdictOn(string group) => Diagnosis.Of(KnowledgeOf(group));

    private GroupKnowledge KnowledgeOf(string group) => new()
    {
        Group = group,
        NameServer = NameServer?.Endpoint ?? default(Endpoint),
        NameServerAnswers = NameServer is not { AnsweredMs: null },
        Health = Health,
        View = View,
        Replicas = [.. Replicas.Select(r => new KnownReplica(r.Member, r.Report) { WasAsked = r.WasAsked, Clock = r.Clock })],
        FrontEnds = ListsFrontEnds ? [.. FrontEnds.Select(f => new KnownFrontEnd(f.Endpoint.ToString(), f.Report is not null, f.Report is { HearsPrimary: true }))] : null,
        OtherGroups = OtherGroups,
    };

    /// <summary>The replica with this id, preferably one that is registered; null if there is none.</summary>
    public SurveyedReplica? Find(string id) => Replicas.FirstOrDefault(r => r.Member.Id.Value == id && r.Endpoint is not null) ?? Replicas.FirstOrDefault(r => r.Member.Id.Value == id);

    /// <summary>Whether it is a member of the view, which the original system called initialised.</summary>
    public bool IsInitialised(SurveyedReplica replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        return View?.IsMember(replica.Member) ?? false;
    }

    /// <summary>How many entries a replica is behind the primary, by their own reports; null if either did not answer.</summary>
    public ulong? LagOf(SurveyedReplica replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        SurveyedReplica? primary = View is { } view ? Replicas.FirstOrDefault(r => view.IsPrimary(r.Member)) : null;
        return primary?.Report is { } ahead && replica.Report is { } own ? ahead.Last.Index.Value - Math.Min(own.Last.Index.Value, ahead.Last.Index.Value) : null;
    }

    /// <summary>When the replica's role last changed; null if that is further back than the known history.</summary>
    public DateTimeOffset? SinceWhen(SurveyedReplica replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        if (History.Count == 0 || View is null || History[^1].View.Epoch != View.Epoch)
            return null;

        ReplicaRole role = RoleIn(View, replica.Member);
        int first = History.Count - 1;
        while (first > 0 && RoleIn(History[first - 1].View, replica.Member) == role)
            first--;
        bool isKnown = History[first].MadeAt != 0 && (first > 0 || History[0].Kind == ProposalKind.Bootstrap);
        return isKnown ? DateTimeOffset.FromUnixTimeSeconds(History[first].MadeAt) : null;
    }

    /// <summary>Whom the view requires and nobody has found.</summary>
    private static IEnumerable<SurveyedReplica> MissingOf(View? view, IReadOnlyList<SurveyedReplica> found) =>
        (view?.Required ?? []).Where(m => found.All(r => r.Member != m)).Select(m => new SurveyedReplica(m, null, null));

    private static ReplicaRole RoleIn(View view, Member member) =>
        view.IsPrimary(member) ? ReplicaRole.Primary
        : view.IsMember(member) ? ReplicaRole.Backup
        : view.Joining == member ? ReplicaRole.Joining
        : ReplicaRole.Spare;

    /// <summary>Asks a process as what its hello says that it is.</summary>
    private static async Task<(SurveyedReplica? Replica, SurveyedFrontEnd? FrontEnd)> TryAskAsync(Endpoint at, Caller caller, CancellationToken cancel)
    {
        try
        {
            OperatorClient client = await OperatorClient.ConnectAsync(at, sought: null, caller, Patience, cancel).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                if (client.Peer == Role.Replica)
                {
                    long asked = Stopwatch.GetTimestamp();
                    StatusReport report = await client.AskAsync<Status, StatusReport>(default, cancel).ConfigureAwait(false);
                    return (new SurveyedReplica(report.Self, at, report) { Clock = ClockOf(report, asked) }, null);
                }

                if (client.Peer == Role.FrontEnd)
                {
                    FrontEndReport report = await client.AskAsync<FrontEndStatus, FrontEndReport>(default, cancel).ConfigureAwait(false);
                    return (null, new SurveyedFrontEnd(report.Boot.ToString(), at, report));
                }
            }
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            // it is not there, or not of this group
        }

        return (null, null);
    }

    private static async Task<SurveyedReplica> AskReplicaAsync(Registration registration, Caller caller, CancellationToken cancel)
    {
        long asked = Stopwatch.GetTimestamp();
        StatusReport? report = await OperatorClient.TryAskOnceAsync<Status, StatusReport>(registration.Endpoint, Role.Replica, caller, default, Patience, cancel).ConfigureAwait(false);
        var registered = new Member(NameRules.TryReadId(registration.Metadata) ?? new ReplicaId(registration.Name), registration.Disk);
        return new SurveyedReplica(report?.Self ?? registered, registration.Endpoint, report) { Clock = ClockOf(report, asked) };
    }

    private static ClockReading? ClockOf(in StatusReport? report, long asked) =>
        ClockReading.Of(report?.UtcMs, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), (long)Math.Ceiling(Stopwatch.GetElapsedTime(asked).TotalMilliseconds));

    private static async Task<SurveyedFrontEnd> AskFrontEndAsync(Registration registration, Caller caller, CancellationToken cancel)
    {
        FrontEndReport? report =
            await OperatorClient.TryAskOnceAsync<FrontEndStatus, FrontEndReport>(registration.Endpoint, Role.FrontEnd, caller, default, Patience, cancel).ConfigureAwait(false);
        return new SurveyedFrontEnd(registration.Boot.ToString(), registration.Endpoint, report);
    }
}
