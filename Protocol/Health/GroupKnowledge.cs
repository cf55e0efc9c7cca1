using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Health;

/// <summary>A replica as somebody sees it.</summary>
/// <param name="Report">What it answered; null if it did not answer.</param>
public sealed record KnownReplica(Member Member, StatusReport? Report)
{
    /// <summary>How its clock stands; null if that is not known.</summary>
    public ClockReading? Clock { get; init; }

    /// <summary>False if nobody knew where to ask it; nothing is held against it then.</summary>
    public bool WasAsked { get; init; } = true;

    /// <summary>It answered, or may well do.</summary>
    public bool Answers => Report is not null || !WasAsked;

    /// <summary>It says that it leads in this epoch.</summary>
    public bool LeadsIn(Epoch epoch) => Report is { Leading: true } report && report.Adopted == epoch;
}

/// <summary>A front end as somebody sees it.</summary>
/// <param name="Answers">It answered when it was asked.</param>
/// <param name="HearsPrimary">It says that the primary answers it.</param>
public sealed record KnownFrontEnd(string Name, bool Answers, bool HearsPrimary);

/// <summary>What somebody knows of a group at one moment: a front end in its loop, or an operator's command that has asked everybody.</summary>
public sealed record GroupKnowledge
{
    public required string Group { get; init; }

    /// <summary>Where the name servers listen, or are to listen.</summary>
    public required NameServerList NameServer { get; init; }

    public required bool NameServerAnswers { get; init; }

    /// <summary>What the name server says of its register; as it was when it last answered.</summary>
    public GroupHealth Health { get; init; }

    /// <summary>The view according to the name server, or to the front end; null if there is none.</summary>
    public View? View { get; init; }

    public IReadOnlyList<KnownReplica> Replicas { get; init; } = [];

    /// <summary>How many servers the first view will need. Only a front end knows: it is told at its start.</summary>
    public int MinReplicasAtFirst { get; init; } = 2;

    /// <summary>Who keeps orders from being committed though it answers, by the primary's reports: its disk hangs, or a link. Only a front end knows.</summary>
    public IReadOnlyList<Member> HeldUpBy { get; init; } = [];

    /// <summary>Null if front ends were not asked for.</summary>
    public IReadOnlyList<KnownFrontEnd>? FrontEnds { get; init; }

    /// <summary>The other groups that have servers at this name server.</summary>
    public IReadOnlyList<string> OtherGroups { get; init; } = [];

    /// <summary>
    /// The view in force, as far as can be told: the latest that anybody knows of the register's history, since a name server that was restored
    /// from an old copy knows less than the replicas. What a stray server of another history shows does not count, however late its epoch,
    /// unless it is led and nobody leads in the register's. Without a register, a view that is led shows which history it is.
    /// </summary>
    public View? Latest
    {
        get
        {
            View[] shown = [.. Replicas.Select(r => r.Report?.View).OfType<View>()];
            View? led = shown.Where(v => IsLed(v) && (View is null || v.Cluster == View.Cluster)).MaxBy(v => v.Epoch);
            View? of = View ?? led ?? shown.MaxBy(v => v.Epoch);
            View? latest = shown.Append(of).OfType<View>().Where(v => v.Cluster == of!.Cluster && v.Lineage == of.Lineage).MaxBy(v => v.Epoch);
            return latest is not null && led is not null && led.Epoch > latest.Epoch && !IsLed(latest) ? led : latest;
        }
    }

    public int MinReplicas => Latest?.MinReplicas ?? MinReplicasAtFirst;

    public KnownReplica? Find(Member member) => Replicas.FirstOrDefault(r => r.Member == member);

    public bool Answers(Member member) => Find(member) is { Answers: true };

    /// <summary>Its primary says that it leads in it.</summary>
    public bool IsLed(View view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Replicas.Any(r => view.IsPrimary(r.Member) && (r.WasAsked ? r.LeadsIn(view.Epoch) && r.Report is { } report && report.Cluster == view.Cluster : IsHeard(view)));
    }

    /// <summary>How many servers answer, or may well do, that belong to this cluster, or to none yet.</summary>
    public int CountAnswering(ClusterId cluster) =>
        Replicas.Count(r => r.Report is { } report ? report.Cluster == cluster || report.Cluster == ClusterId.None : !r.WasAsked);

    /// <summary>Others say that they hear its primary.</summary>
    private bool IsHeard(View view) =>
        FrontEnds?.Any(f => f is { Answers: true, HearsPrimary: true }) == true || Replicas.Any(r => r.Report is { HearsPrimary: true } report && report.Adopted == view.Epoch);
}
