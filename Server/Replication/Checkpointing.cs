using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Replication;

/// <summary>
/// Brings the checkpoint's tables up to commit in the background, and, once that is fsynced, cuts the log below the checkpoint except for a
/// tail. Owned by the core.
/// </summary>
internal sealed class Checkpointing(ReplicaContext replica)
{
    private long _endedMs;

    public bool IsRunning { get; private set; }

    public void BatchEnded(Now now)
    {
        // A commit does not wait for a spare's disk, so on a spare it may be ahead of the log on disk; tables ahead of that log could not
        // be recovered.
        EntryIndex upTo = EntryIndex.Min(replica.Log.Commit, replica.Log.Durable.Index);
        if (IsRunning || upTo <= replica.Log.Checkpoint.Index || !IsDue(now, upTo))
            return;

        IsRunning = true;
        replica.Disk.Checkpoint(replica.Log.BatchesBetween(replica.Log.Checkpoint.Index, upTo), replica.Log.PositionAt(upTo));
    }

    public void Checkpointed(Now now, EntryPosition at)
    {
        IsRunning = false;
        _endedMs = now.Ms;
        replica.Log.TrimBehind(at, replica.Options.LogTailBytes);
    }

    private bool IsDue(Now now, EntryIndex upTo) =>
        upTo.Value - replica.Log.Checkpoint.Index.Value >= (ulong)replica.Options.CheckpointEntries || now.Ms - _endedMs >= replica.Options.CheckpointMs;
}
