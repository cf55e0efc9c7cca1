using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Server.Replication;

/// <summary>What the parts of a replica's core share. Everything in it is owned by the core.</summary>
internal sealed class ReplicaContext(
    Member self, BootId boot, string group, ReplicaOptions options, INetwork network, IReplicaDisk disk, IReplicaEvents events, ReplicaLog log,
    AppliedShop shop, EntryPosition checkpointAt)
{
    public Member Self { get; } = self;

    public BootId Boot { get; } = boot;

    public string Group { get; } = group;

    public ReplicaOptions Options { get; } = options;

    public INetwork Network { get; } = network;

    public IReplicaDisk Disk { get; } = disk;

    public DiskQueue Queue { get; } = new(disk);

    public IReplicaEvents Events { get; } = events;

    public ReplicaLog Log { get; } = log;

    public AppliedShop Shop { get; } = shop;

    /// <summary>Committed: on every member of every later clean view. Never goes down, but when a transfer replaces the log.</summary>
    public EntryIndex Commit { get; set; } = checkpointAt.Index;

    /// <summary>The end of the log on disk: of what is there for good, not of what is to be cut.</summary>
    public EntryPosition Durable { get; set; } = log.Last;

    /// <summary>Where the log on disk will end when the running write is done.</summary>
    public EntryPosition RunningWriteEnds { get; set; } = log.Last;

    /// <summary>Where the checkpoint's tables stand, durably.</summary>
    public EntryPosition CheckpointAt { get; set; } = checkpointAt;

    /// <summary>The entry above which a state transfer needs the log; null: none runs.</summary>
    public EntryIndex? Pinned { get; set; }

    /// <summary>Numbers the postcode look-ups of this run, over all epochs: a late verdict must not meet another request.</summary>
    public ulong LastLookUp { get; set; }

    /// <summary>Numbers the state transfers of this run, over all epochs.</summary>
    public ulong LastTransfer { get; set; }

    /// <summary>Where the other replicas listen, as front ends and the name server said last.</summary>
    public SortedDictionary<string, MemberEndpoint> Endpoints { get; } = new(StringComparer.Ordinal);

    /// <summary>More ids than any group has; when as many are known, all are forgotten: those that are needed are asked for again.</summary>
    private const int EndpointsMax = 256;

    public void Learn(MemberEndpoint endpoint)
    {
        if (Endpoints.Count >= EndpointsMax)
            Endpoints.Clear();
        Endpoints[endpoint.Member.Id.Value] = endpoint;
    }

    public Endpoint? EndpointOf(Member member) =>
        Endpoints.TryGetValue(member.Id.Value, out MemberEndpoint known) && known.Member == member ? known.Endpoint : null;

    /// <summary>The log is cut after <paramref name="end"/>: what the disk still holds beyond it counts no more.</summary>
    public void CutAfter(EntryPosition end)
    {
        if (Durable.Index > end.Index)
            Durable = end;
        if (RunningWriteEnds.Index > end.Index)
            RunningWriteEnds = end;
    }

    public void RaiseCommit(EntryIndex to)
    {
        Invariant.Check(to <= Log.Last.Index, "committed past the end of the log");
        if (to > Commit)
            Commit = to;
    }
}
