using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// A replica's log and its cursors, both in memory and as far as it is on disk. Nothing else moves a cursor. They are always in this order:
/// <code>
/// Base ≤ Checkpoint ≤ Commit  ≤ Last
///        Checkpoint ≤ Durable ≤ Last
/// </code>
/// Everything that changes the log on disk goes through here, including the adoption of a view, which therefore queues behind the write
/// under way. Owned by the core. (etcd's raftLog is the same idea: unstable, committed, applied.)
/// </summary>
internal sealed class ReplicaLog
{
    private readonly LogBatches _batches;
    private readonly DiskQueue _queue;

    /// <summary>Where the log on disk will end once the write under way is done.</summary>
    private EntryPosition _writeEnds;

    private EntryIndex? _pinned;

    public ReplicaLog(IReplicaDisk disk, RecoveredDisk recovered)
    {
        _batches = new LogBatches(recovered.Base, recovered.Batches);
        _queue = new DiskQueue(disk);
        _writeEnds = Durable = Last;
        Checkpoint = recovered.CheckpointAt;
        Commit = recovered.CheckpointAt.Index;
        CheckOrder();
    }

    /// <summary>The last entry that was cut from the front. Every log that meets this one held it.</summary>
    public EntryPosition Base => _batches.Base;

    /// <summary>The position up to which the shop's tables on disk are durable.</summary>
    public EntryPosition Checkpoint { get; private set; }

    /// <summary>
    /// The last committed entry: every member of every later view holds it, unless that view lost data. Goes down only when a state
    /// transfer replaces the log.
    /// </summary>
    public EntryIndex Commit { get; private set; }

    /// <summary>The end of the log on disk, without entries that are about to be cut.</summary>
    public EntryPosition Durable { get; private set; }

    public EntryPosition Last => _batches.Last;

    /// <summary>A state transfer has emptied the log and has not ended: there is no log until <see cref="RestartAt"/>.</summary>
    public bool IsDropped { get; private set; }

    public bool IsWriting => _queue.IsRunning;

    /// <summary>Nothing is being written or waiting: everything that was asked for is durable.</summary>
    public bool IsAllDurable => _queue.IsEmpty;

    /// <summary>What a state transfer keeps that would have been cut when the checkpoint last moved, in bytes.</summary>
    public long PinnedBytes { get; private set; }

    /// <summary>The epoch of an entry, or null if it lies below the base or after the end.</summary>
    public Epoch? EpochAt(EntryIndex index) => _batches.EpochAt(index);

    /// <summary>The position of an entry that the log holds, or of its base.</summary>
    public EntryPosition PositionAt(EntryIndex index) => _batches.PositionAt(index);

    /// <summary>
    /// True if this log holds the entry <paramref name="position"/>, and therefore equals any other log that holds it, up to there.
    /// </summary>
    public bool Holds(EntryPosition position) => _batches.Holds(position);

    /// <summary>The first entry of the run of entries that have the same epoch as this one.</summary>
    public EntryIndex FirstOfEpochAt(EntryIndex index) => _batches.FirstOfEpochAt(index);

    /// <summary>The batch that holds an entry, or null if the log does not reach it.</summary>
    public LogBatch? BatchAt(EntryIndex index) => _batches.BatchAt(index);

    /// <summary>The batches that hold the entries after <paramref name="after"/> up to <paramref name="upTo"/>.</summary>
    public IReadOnlyList<LogBatch> BatchesBetween(EntryIndex after, EntryIndex upTo) => _batches.Between(after, upTo);

    /// <summary>
    /// True if those entries of <paramref name="batch"/> before <paramref name="end"/> that are in this log have the same content here.
    /// </summary>
    public bool AgreesWith(LogBatch batch, EntryIndex end) => _batches.AgreeWith(batch, end);

    /// <summary>Appends a batch, and queues it for the disk.</summary>
    public void Append(LogBatch batch)
    {
        _batches.Append(batch);
        _queue.Append(batch);
    }

    /// <summary>
    /// Removes the entries from <paramref name="from"/> on, in the transaction that will store what replaces them. A stored batch that is
    /// cut in the middle is replaced by its first part.
    /// </summary>
    public void CutFrom(EntryIndex from)
    {
        Invariant.Check(from > Commit, $"entry {from}, committed up to {Commit}, would be cut");
        LogBatch? kept = _batches.CutFrom(from, out EntryIndex firstRow);
        if (!IsAllDurable)
            Rare.Reached(RareBranch.CutBesideAWrite);
        if (kept is not null)
            Rare.Reached(RareBranch.CutInsideABatch);
        Durable = Earlier(Durable, Last);
        _writeEnds = Earlier(_writeEnds, Last);
        _queue.CutFrom(firstRow);
        if (kept is not null)
            _queue.Append(kept);
        CheckOrder();
    }

    /// <summary>Commits up to an entry; never goes back.</summary>
    public void RaiseCommit(EntryIndex to)
    {
        if (to <= Commit)
            return;

        Commit = to;
        CheckOrder();
    }

    /// <summary>Queues a view for the disk.</summary>
    public void Adopt(View view) => _queue.Adopt(view);

    /// <summary>Starts the gathered write if none is running; true if it did.</summary>
    public bool BeginWrite()
    {
        if (!_queue.StartIfIdle())
            return false;

        _writeEnds = Last;
        return true;
    }

    /// <summary>The write under way is durable.</summary>
    /// <returns>The view that the write adopted, if any.</returns>
    public View? WriteEnded()
    {
        LogWrite write = _queue.Written();
        if (!IsDropped)
            Durable = _writeEnds;
        CheckOrder();
        return write.Adopt;
    }

    /// <summary>
    /// The tables are durable at <paramref name="checkpoint"/>: the log up to there is cut from the front, except for a tail of
    /// <paramref name="bytesKept"/> and what a state transfer needs.
    /// </summary>
    public void TrimBehind(EntryPosition checkpoint, long bytesKept)
    {
        if (IsDropped)
            return; // that was a checkpoint of the log before

        Checkpoint = checkpoint;
        EntryIndex upTo = _pinned is { } pinned ? EntryIndex.Min(pinned, checkpoint.Index) : checkpoint.Index;
        if (_batches.Trim(upTo, bytesKept))
            _queue.SetBase(Base);
        PinnedBytes = upTo < checkpoint.Index ? BatchesBetween(upTo, checkpoint.Index).Sum(batch => (long)batch.Entries.Length) : 0;
        CheckOrder();
    }

    /// <summary>Keeps the entries above <paramref name="index"/> for a state transfer, until <see cref="Unpin"/>.</summary>
    public void Pin(EntryIndex index) => _pinned = index;

    public void Unpin()
    {
        _pinned = null;
        PinnedBytes = 0;
    }

    /// <summary>A state transfer begins: the log in memory is dropped at once. A view that waits to be adopted stays queued.</summary>
    public void Drop()
    {
        IsDropped = true;
        _queue.Release(); // an earlier transfer, begun again by its sender, may still hold it
        _queue.DropAppends();
        MoveAllTo(EntryPosition.Start);
    }

    /// <summary>Keeps writes from starting while the disk is emptied and replaced by a transfer.</summary>
    public void HoldWrites() => _queue.Hold();

    /// <summary>The transfer was broken off: views may be adopted again.</summary>
    public void ReleaseWrites() => _queue.Release();

    /// <summary>A state transfer has ended: the tables and the log's base are at <paramref name="position"/>, on disk too.</summary>
    public void RestartAt(EntryPosition position)
    {
        IsDropped = false;
        _queue.Release();
        MoveAllTo(position);
    }

    private void MoveAllTo(EntryPosition position)
    {
        _batches.Reset(position);
        _writeEnds = Durable = Checkpoint = position;
        Commit = position.Index;
    }

    private void CheckOrder() => Invariant.Check(
        Base.Index <= Checkpoint.Index && Checkpoint.Index <= Commit && Commit <= Last.Index && Checkpoint.Index <= Durable.Index && Durable.Index <= Last.Index,
        $"base {Base}, checkpoint {Checkpoint}, commit {Commit}, durable {Durable}, last {Last}");

    private static EntryPosition Earlier(EntryPosition a, EntryPosition b) => a.Index <= b.Index ? a : b;
}
