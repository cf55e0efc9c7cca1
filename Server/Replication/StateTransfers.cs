using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// The sending side of state transfer: one snapshot of the checkpoint at a time, to one spare, chunk by chunk as the spare stores
/// them; further spares wait. The log above the snapshot is kept meanwhile. Owned by the core.
/// </summary>
internal sealed class StateTransfers(Epoch epoch, ReplicaContext replica)
{
    private readonly Queue<Follower> _waiting = new();
    private Transfer? _running;

    private sealed class Transfer(ulong id, Follower to)
    {
        public ulong Id { get; } = id;

        public Follower To { get; } = to;

        /// <summary>None until the snapshot is open.</summary>
        public EntryPosition? At { get; set; }

        /// <summary>The chunk that is read or was sent last.</summary>
        public int Chunk { get; set; } = -1;

        public bool IsLast { get; set; }

        /// <summary>The disk reads the next chunk: the spare can't have it yet.</summary>
        public bool IsReading { get; set; }

        public bool IsEndSent { get; set; }

        /// <summary>When the spare last asked for a chunk; null before the first time.</summary>
        public long? MovedMs { get; set; }
    }

    public void Begin(Follower to)
    {
        if (_running is not null)
        {
            _waiting.Enqueue(to);
            return;
        }

        _running = new Transfer(replica.Transfers.Next(), to);
        replica.Log.Pin(replica.Log.Checkpoint.Index); // what the snapshot will stand at, or later
        replica.Disk.OpenSnapshot(_running.Id);
    }

    public void SnapshotOpened(ulong id, EntryPosition at)
    {
        if (_running?.Id != id)
            return;

        _running.At = at;
        replica.Log.Pin(at.Index);
        replica.Network.Send(_running.To.Connection, 0, new TransferBegin(epoch, id, at));
        replica.Events.TransferBegun(_running.To.Member, at);
    }

    /// <summary>
    /// The spare has stored everything below a chunk and wants it; one past the end: it has installed all. Then the result is where
    /// its log goes on.
    /// </summary>
    public EntryPosition? Ready(Now now, Follower from, in TransferReady ready)
    {
        if (_running is not { At: { } at } transfer || transfer.To != from || transfer.Id != ready.Transfer)
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

    public void SnapshotRead(ulong id, ReadOnlyMemory<byte> rows, bool last)
    {
        if (_running is not { } transfer || transfer.Id != id)
            return;

        transfer.IsLast = last;
        transfer.IsReading = false;
        replica.Network.Send(
            transfer.To.Connection, 0, new TransferRows(epoch, id, transfer.Chunk, Crc32C.Of(rows.Span), new ReadOnlySequence<byte>(rows)));
    }

    /// <summary>The spare has stopped asking for more, while it holds the only place.</summary>
    public bool IsStuck(Now now, Follower to)
    {
        if (_running is not { } transfer || transfer.To != to)
            return false;

        transfer.MovedMs ??= now.Ms;
        return now.Ms - transfer.MovedMs > replica.Options.TransferStuckMs;
    }

    public bool Abandon(Follower to, ulong id) => _running?.Id == id && Abandon(to);

    /// <summary>Ends the transfer to this spare, if there is one: its connection broke, or it is no follower any more.</summary>
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

    private void End(Transfer transfer)
    {
        replica.Disk.CloseSnapshot(transfer.Id);
        replica.Log.Unpin();
        _running = null;
        if (_waiting.TryDequeue(out Follower? next))
            Begin(next);
    }
}
