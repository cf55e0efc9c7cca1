using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Health;

/// <summary>A replica as somebody sees it.</summary>
/// <param name="Report">What it answered; null if it did not answer.</param>
public sealed record KnownReplica(Member Member, StatusReport? Report)
{
    public bool Answers => Report is not null;

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
    /// <summary>How many servers a group that has no view yet needs, unless its front end says otherwise.</summary>
    private const int MinReplicasDefault = 2;

    public required string Group { get; init; }

    /// <summary>Where the name server listens, or is to listen.</summary>
    public required Endpoint NameServer { get; init; }

    public required bool NameServerAnswers { get; init; }

    /// <summary>What the name server says of its register; as it was when it last answered.</summary>
    public GroupHealth Health { get; init; }

    /// <summary>The view according to the name server, or to the front end; null if there is none.</summary>
    public View? View { get; init; }

    public IReadOnlyList<KnownReplica> Replicas { get; init; } = [];

    /// <summary>Null if front ends were not asked for.</summary>
    public IReadOnlyList<KnownFrontEnd>? FrontEnds { get; init; }

    /// <summary>The other groups that have servers at this name server.</summary>
    public IReadOnlyList<string> OtherGroups { get; init; } = [];

    /// <summary>The latest view that anybody knows: a name server that was restored from an old copy knows less than the replicas.</summary>
    public View? Latest => Replicas.Select(r => r.Report?.View).Append(View).OfType<View>().MaxBy(v => v.Epoch);

    public int MinReplicas => Latest?.MinReplicas ?? MinReplicasDefault;

    public KnownReplica? Find(Member member) => Replicas.FirstOrDefault(r => r.Member == member);

    public bool Answers(Member member) => Find(member) is { Answers: true };
}
