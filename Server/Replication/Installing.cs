using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Replication;

/// <summary>
/// The receiving side of state transfer, on a spare: from its beginning to its end the replica has no log. One that is broken off
/// leaves it so until it is resumed, or the next one ends. Owned by the core.
/// </summary>
internal sealed class Installing(Epoch epoch, ReplicaContext replica)
{
    private TransferId _sendersTransfer;
    private ConnectionId _from;
    private int _nextChunk = -1;
    private bool _isAbandoned;

    public Epoch Epoch => epoch;

    /// <summary>The disk's number for this installation: one of our own, since two primaries may use the same transfer number.</summary>
    public TransferId Id { get; private set; }

    /// <summary>The log's base once the transfer has ended.</summary>
    public EntryPosition At { get; private set; }

    /// <summary>The disk has not answered the last call yet.</summary>
    public bool IsDiskBusy { get; private set; }

    /// <summary>Everything is stored; the state is being loaded. From here it can't be abandoned.</summary>
    public bool IsEnding { get; private set; }

    public bool IsBegun { get; private set; }

    /// <summary>It was broken off, and views may be adopted meanwhile: until it is resumed nothing is stored.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>The sender is gone: nothing more is stored.</summary>
    public bool IsAbandoned => _isAbandoned && !IsEnding;

    public void Begin(ConnectionId from, in TransferBegin begin)
    {
        Id = new TransferId(replica.Transfers.Next());
        _sendersTransfer = begin.Transfer;
        _from = from;
        At = begin.At;
        replica.Events.InstallBegun(At);
    }

    /// <summary>The same snapshot of the same primary: what is stored of it need not come again.</summary>
    public bool IsOf(in TransferBegin begin) => begin.Epoch == epoch && begin.Transfer == _sendersTransfer && begin.At == At;

    /// <summary>The sender goes on, on another connection: told at once what it may send, unless the disk still has to say.</summary>
    public void Resume(ConnectionId from)
    {
        _from = from;
        _isAbandoned = false;
        if (IsBegun && !IsDiskBusy && !IsPaused)
            SayReady();
    }

    public void Pause() => IsPaused = true;

    /// <summary>Nothing else is written any more.</summary>
    public void GoOn()
    {
        IsPaused = false;
        SayReady();
    }

    /// <summary>Called once, when no write, checkpoint or load is running any more.</summary>
    public void EmptyDisk()
    {
        IsBegun = true;
        IsDiskBusy = true;
        replica.Disk.BeginInstall(Id);
    }

    public void Stored(int nextChunk)
    {
        IsDiskBusy = false;
        _nextChunk = nextChunk;
        if (!_isAbandoned)
            SayReady();
    }

    public void Rows(ConnectionId from, in TransferRows rows)
    {
        if (from != _from || rows.Epoch != epoch || rows.Transfer != _sendersTransfer || _isAbandoned)
            return;
        CheckAwaited(rows.Chunk);

        byte[] copy = rows.Rows.ToArray();
        if (Crc32C.Of(copy) != rows.Checksum)
            throw new ProtocolViolationException("rows that were damaged on their way");
        EffectReader.Check(new ReadOnlySequence<byte>(copy)); // here, because the disk's thread could not refuse them
        IsDiskBusy = true;
        replica.Disk.InstallRows(Id, rows.Chunk, copy);
    }

    public void End(ConnectionId from, in TransferEnd end)
    {
        if (from != _from || end.Epoch != epoch || end.Transfer != _sendersTransfer || _isAbandoned)
            return;
        CheckAwaited(end.Chunks);

        IsDiskBusy = true;
        IsEnding = true;
        replica.Disk.EndInstall(Id, At);
    }

    /// <summary>The sender may send a chunk, or the end, only after it was told that everything before is stored.</summary>
    private void CheckAwaited(int chunk)
    {
        if (!IsBegun || IsDiskBusy || IsPaused || chunk != _nextChunk)
            throw new ProtocolViolationException($"chunk {chunk} of a transfer, which was not asked for");
    }

    /// <summary>The last step: tells the sender that the log goes on from there.</summary>
    public void SayInstalled()
    {
        if (!_isAbandoned)
            replica.Network.Send(_from, 0, new TransferReady(epoch, _sendersTransfer, _nextChunk + 1));
    }

    public void Closed(ConnectionId connection) => _isAbandoned |= connection == _from;

    public void Abandon() => _isAbandoned = true;

    private void SayReady() => replica.Network.Send(_from, 0, new TransferReady(epoch, _sendersTransfer, _nextChunk));
}
