using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// The sending side of state transfer: one snapshot of the checkpoint at a time, to one spare, chunk by chunk as the spare stores
/// them; further spares wait. Who loses its connection keeps its snapshot for a while, and goes on where it was. The log above the
/// snapshot is kept meanwhile. Owned by the core.
/// </summary>
internal sealed class StateTransfers(Epoch epoch, ReplicaContext replica)
{
    private readonly Queue<Follower> _waiting = new();
    private Transfer? _running;

    private enum Course
    {
        Moving,

        /// <summary>The spare has been told of it once more, and has not said yet what it has stored.</summary>
        Resuming,

        /// <summary>The connection broke: nothing is sent until there is another.</summary>
        Suspended,
    }

    private sealed class Transfer(TransferId id, Follower to, Now now)
    {
        public TransferId Id { get; } = id;

        public Follower To { get; } = to;

        public Course Course { get; set; }

        /// <summary>None until the snapshot is open.</summary>
        public EntryPosition? At { get; set; }

        /// <summary>The chunk that is being read, or was sent last.</summary>
        public int Chunk { get; set; } = -1;

        /// <summary>Its rows, to be sent again if they were lost with a connection.</summary>
        public ReadOnlyMemory<byte> Rows { get; set; }

        public bool IsLast { get; set; }

        /// <summary>The disk is reading the next chunk, so the spare can't have it yet.</summary>
        public bool IsReading { get; set; }

        public bool IsEndSent { get; set; }

        /// <summary>When the spare last asked for a chunk, or for one again; before the first time, when it began.</summary>
        public long MovedMs { get; set; } = now.Ms;

        public long SuspendedMs { get; set; }
    }

    /// <summary>The spare that has the place; null while it is free.</summary>
    public Follower? RunsFor => _running?.To;

    public void Begin(Now now, Follower to)
    {
        if (_running is { } running && running.To == to)
        {
            running.Course = Course.Resuming;
            Offer(running);
        }
        else if (_running is not null || _waiting.Count > 0)
        {
            Rare.Reached(RareBranch.TransferWaits);
            _waiting.Enqueue(to);
        }
        else
        {
            Open(now, to);
        }
    }

    public void SnapshotOpened(TransferId id, EntryPosition at)
    {
        if (_running is not { } transfer || transfer.Id != id)
            return;

        transfer.At = at;
        replica.Log.Pin(at.Index);
        if (transfer.Course != Course.Suspended)
            Offer(transfer);
        replica.Events.TransferBegun(transfer.To.Member, at);
    }

    /// <summary>
    /// The spare has stored everything before a chunk and wants that chunk; or, one past the end, it has installed everything. Then the
    /// result is where its log goes on.
    /// </summary>
    public EntryPosition? Ready(Now now, Follower from, in TransferReady ready)
    {
        if (_running is not { At: { } at } transfer || transfer.To != from || transfer.Id != ready.Transfer)
            return null;

        if (transfer.Course == Course.Resuming && Resumes(now, transfer, ready.NextChunk))
            return null;

        transfer.MovedMs = now.Ms;
        bool isInstalled = transfer.IsEndSent && ready.NextChunk == transfer.Chunk + 2;
        if (transfer.IsReading || (!isInstalled && (transfer.IsEndSent || ready.NextChunk != transfer.Chunk + 1)))
            throw new ProtocolViolationException($"ready for chunk {ready.NextChunk} of a transfer, after chunk {transfer.Chunk}");

        if (isInstalled)
        {
            replica.Events.TransferEnded(from.Member, transfer.Chunk + 1);
            End(transfer);
            return at;
        }

        if (transfer.IsLast)
        {
            transfer.IsEndSent = true;
            replica.Network.Send(from.Connection, 0, new TransferEnd(epoch, transfer.Id, ready.NextChunk));
        }
        else
        {
            transfer.Chunk++;
            transfer.IsReading = true;
            replica.Disk.ReadSnapshot(transfer.Id);
        }

        return null;
    }

    public void SnapshotRead(TransferId id, ReadOnlyMemory<byte> rows, bool last)
    {
        if (_running is not { } transfer || transfer.Id != id)
            return;

        transfer.Rows = rows;
        transfer.IsLast = last;
        transfer.IsReading = false;
        if (transfer.Course == Course.Moving)
            SendRows(transfer);
    }

    /// <summary>The next gets the place, if it is free.</summary>
    public void Tick(Now now)
    {
        if (_running is { Course: Course.Suspended } suspended && IsGivenUp(now, suspended))
        {
            Rare.Reached(RareBranch.TransferGivenUp);
            End(suspended);
        }

        if (_running is null && _waiting.TryDequeue(out Follower? next))
            Open(now, next);
    }

    /// <summary>The spare has stopped asking for more, while it holds the only place, or holds too much of the log.</summary>
    public bool IsStuck(Now now, Follower to) => _running is { } transfer && transfer.To == to && transfer.Course != Course.Suspended && IsLate(now, transfer);

    /// <summary>The bytes that are on their way to this spare, and that its next answer waits for.</summary>
    public int OnTheWay(Follower to) => _running is { IsReading: false } transfer && transfer.To == to ? transfer.Rows.Length : 0;

    /// <summary>The spare's connection broke.</summary>
    public void Suspend(Now now, Follower to)
    {
        if (_running is not { } transfer || transfer.To != to)
            Abandon(to);
        else if (transfer.Course != Course.Suspended) // else a dial has failed: it stays away
        {
            Rare.Reached(RareBranch.TransferSuspended);
            (transfer.Course, transfer.SuspendedMs) = (Course.Suspended, now.Ms);
        }
    }

    public bool Abandon(Follower to, TransferId id) => _running?.Id == id && Abandon(to);

    /// <summary>Ends the transfer to this spare, if there is one: it can't use it, or is no follower any more.</summary>
    public bool Abandon(Follower to)
    {
        if (_running is { } transfer && transfer.To == to)
        {
            End(transfer);
            return true;
        }

        for (int waiting = _waiting.Count; waiting > 0; waiting--)
        {
            Follower other = _waiting.Dequeue();
            if (other != to)
                _waiting.Enqueue(other);
        }

        return false;
    }

    private void Open(Now now, Follower to)
    {
        _running = new Transfer(new TransferId(replica.Transfers.Next()), to, now);
        replica.Log.Pin(replica.Log.Checkpoint.Index); // the snapshot will be of this position or a later one
        replica.Disk.OpenSnapshot(_running.Id);
    }

    private void Offer(Transfer transfer)
    {
        if (transfer.At is { } at)
            replica.Network.Send(transfer.To.Connection, 0, new TransferBegin(epoch, transfer.Id, at));
    }

    /// <summary>
    /// A spare on its new connection wants what was on its way over the old one. One that wants what it had stored has been restarted, and
    /// has nothing: it gets another snapshot. True if that is all it asks for; otherwise the transfer goes on as it would have.
    /// </summary>
    private bool Resumes(Now now, Transfer transfer, int nextChunk)
    {
        (transfer.Course, transfer.MovedMs) = (Course.Moving, now.Ms);
        transfer.IsEndSent &= nextChunk > transfer.Chunk + 1;
        if (nextChunk < 0 || nextChunk > transfer.Chunk)
            return false;

        if (nextChunk < transfer.Chunk)
        {
            Rare.Reached(RareBranch.TransferBegunAgain);
            End(transfer);
            Begin(now, transfer.To);
        }
        else if (!transfer.IsReading)
        {
            Rare.Reached(RareBranch.ChunkSentAgain);
            SendRows(transfer);
        }

        return true;
    }

    private void SendRows(Transfer transfer) => replica.Network.Send(
        transfer.To.Connection, 0,
        new TransferRows(epoch, transfer.Id, transfer.Chunk, Crc32C.Of(transfer.Rows.Span), new ReadOnlySequence<byte>(transfer.Rows)));

    /// <summary>Its spare has not come back: others don't wait for it for longer than it takes to dial a living one.</summary>
    private bool IsGivenUp(Now now, Transfer transfer) =>
        now.Ms - transfer.SuspendedMs > (_waiting.Count > 0 ? replica.Options.LostMs : replica.Options.TransferStuckMs) ||
        replica.Log.PinnedBytes > replica.Options.PinnedBytesMax;

    private bool IsLate(Now now, Transfer transfer) =>
        now.Ms - transfer.MovedMs > (transfer.IsEndSent ? replica.Options.TransferLoadMs : replica.Options.TransferStuckMs) ||
        replica.Log.PinnedBytes > replica.Options.PinnedBytesMax;

    private void End(Transfer transfer)
    {
        replica.Disk.CloseSnapshot(transfer.Id);
        replica.Log.Unpin();
        _running = null;
    }
}
