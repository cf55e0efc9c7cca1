using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Server.Replication;

/// <summary>
/// Brings the checkpoint's tables behind commit in the background, and cuts the log behind the checkpoint once that is fsynced, but
/// for a tail. Owned by the core.
/// </summary>
internal sealed class Checkpointing(ReplicaContext replica)
{
    private long _endedMs;

    public bool IsRunning { get; private set; }

    public void BatchEnded(Now now)
    {
        // A spare hears of commits that did not wait for its disk; tables ahead of the log could not be recovered.
        EntryIndex upTo = EntryIndex.Min(replica.Commit, replica.Durable.Index);
        if (IsRunning || upTo <= replica.CheckpointAt.Index || !IsDue(now, upTo))
            return;

        IsRunning = true;
        replica.Disk.Checkpoint(replica.Log.BatchesBetween(replica.CheckpointAt.Index, upTo), replica.Log.PositionAt(upTo));
    }

    public void Checkpointed(Now now, EntryPosition at)
    {
        IsRunning = false;
        _endedMs = now.Ms;
        replica.CheckpointAt = at;
        EntryIndex upTo = replica.Pinned is { } pinned ? EntryIndex.Min(pinned, at.Index) : at.Index;
        if (replica.Log.Trim(upTo, replica.Options.LogTailBytes))
            replica.Queue.SetBase(replica.Log.Base);
    }

    private bool IsDue(Now now, EntryIndex upTo) =>
        upTo.Value - replica.CheckpointAt.Index.Value >= (ulong)replica.Options.CheckpointEntries || now.Ms - _endedMs >= replica.Options.CheckpointMs;
}
