using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>
/// From the primary to a backup, in order, many in flight: one batch of its log, or no entries at all (a heartbeat, or the round of a
/// read). Answered by Appended, Mismatch or Refused.
/// </summary>
/// <param name="Round">Rises with every set of Appends sent; the answer echoes it.</param>
/// <param name="Previous">The entry before the batch: the backup's log must hold it.</param>
/// <param name="BatchEpoch">The epoch in which all entries of the batch were appended.</param>
/// <param name="Count">How many entries the batch has; 0 for none.</param>
/// <param name="Checksum">CRC32C of <paramref name="Entries"/>.</param>
/// <param name="Entries">The entries as they are in the log, each a MessagePack bin.</param>
/// <param name="Commit">The primary's commit index.</param>
public readonly record struct Append(
    Epoch Epoch, Round Round, EntryPosition Previous, Epoch BatchEpoch, int Count, uint Checksum, ReadOnlySequence<byte> Entries, EntryIndex Commit)
    : IMessage<Append>
{
    public static MessageType Type => MessageType.Append;

    public static int FieldCount => 9; // previous counts as two

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Round.Value);
        writer.WritePosition(Previous);
        writer.Write(BatchEpoch.Value);
        writer.Write(Count);
        writer.Write(Checksum);
        writer.Write(Entries);
        writer.Write(Commit.Value);
    }

    public static Append Read(ref MessagePackReader reader) =>
        new(reader.ReadEpoch(), new Round(reader.ReadUInt64()), reader.ReadPosition(), reader.ReadEpoch(), reader.ReadInt32(),
            reader.ReadUInt32(), reader.ReadPayload(), reader.ReadEntryIndex());
}

/// <summary>
/// The backup's ack: this epoch's Appends have proved its log, as fsynced, equal to the primary's up to <see cref="Match"/>, which is
/// never just its own log's end. The round echoes that of the last Append it handled, and shows that it had not adopted a later epoch by
/// then.
/// </summary>
/// <param name="UtcMs">The backup's clock, in milliseconds since 1970-01-01 UTC; null from an earlier version.</param>
public readonly record struct Appended(Epoch Epoch, Round Round, EntryIndex Match, long? UtcMs) : IMessage<Appended>
{
    public static MessageType Type => MessageType.Appended;

    public static int FieldCount => 4;

    public static int FieldCountLeast => 3;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Round.Value);
        writer.Write(Match.Value);
        writer.WriteClock(UtcMs);
    }

    public static Appended Read(ref MessagePackReader reader) => Read(ref reader, FieldCount);

    public static Appended Read(ref MessagePackReader reader, int count) =>
        new(reader.ReadEpoch(), new Round(reader.ReadUInt64()), reader.ReadEntryIndex(), reader.ReadClock(isThere: count >= FieldCount));
}

/// <summary>The backup does not hold an Append's previous entry. Nothing was cut or written.</summary>
/// <param name="Previous">The index of that entry, which tells this answer from those to earlier Appends.</param>
/// <param name="TryFrom">Where the primary may try next: after the backup's last entry, or at the first entry of the epoch that conflicts.</param>
/// <param name="Last">The backup's last entry: a member's never lies below the commit index, unless it has lost acknowledged data.</param>
public readonly record struct Mismatch(Epoch Epoch, EntryIndex Previous, EntryIndex TryFrom, EntryIndex Last) : IMessage<Mismatch>
{
    public static MessageType Type => MessageType.Mismatch;

    public static int FieldCount => 4;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Previous.Value);
        writer.Write(TryFrom.Value);
        writer.Write(Last.Value);
    }

    public static Mismatch Read(ref MessagePackReader reader) =>
        new(reader.ReadEpoch(), reader.ReadEntryIndex(), reader.ReadEntryIndex(), reader.ReadEntryIndex());
}

/// <summary>
/// From the primary to a spare that its own log can no longer bring level: the checkpoint at <see cref="At"/> follows in TransferRows.
/// </summary>
public readonly record struct TransferBegin(Epoch Epoch, TransferId Transfer, EntryPosition At) : IMessage<TransferBegin>
{
    public static MessageType Type => MessageType.TransferBegin;

    public static int FieldCount => 4; // at counts as two

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Transfer.Value);
        writer.WritePosition(At);
    }

    public static TransferBegin Read(ref MessagePackReader reader) => new(reader.ReadEpoch(), new TransferId(reader.ReadUInt64()), reader.ReadPosition());
}

/// <summary>
/// From the spare: it has stored all chunks below <see cref="NextChunk"/> and asks for that one. If it is 0, its tables are empty and it
/// waits for the first.
/// </summary>
public readonly record struct TransferReady(Epoch Epoch, TransferId Transfer, int NextChunk) : IMessage<TransferReady>
{
    public static MessageType Type => MessageType.TransferReady;

    public static int FieldCount => 3;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Transfer.Value);
        writer.Write(NextChunk);
    }

    public static TransferReady Read(ref MessagePackReader reader) => new(reader.ReadEpoch(), new TransferId(reader.ReadUInt64()), reader.ReadInt32());
}

/// <summary>Rows of the checkpoint, as <c>Server/Storage/Checkpoint</c> writes them.</summary>
public readonly record struct TransferRows(Epoch Epoch, TransferId Transfer, int Chunk, uint Checksum, ReadOnlySequence<byte> Rows) : IMessage<TransferRows>
{
    public static MessageType Type => MessageType.TransferRows;

    public static int FieldCount => 5;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Transfer.Value);
        writer.Write(Chunk);
        writer.Write(Checksum);
        writer.Write(Rows);
    }

    public static TransferRows Read(ref MessagePackReader reader) =>
        new(reader.ReadEpoch(), new TransferId(reader.ReadUInt64()), reader.ReadInt32(), reader.ReadUInt32(), reader.ReadPayload());
}

/// <summary>All rows were sent: the spare makes the transfer's position the base of its log, and acks it as it would an Append.</summary>
public readonly record struct TransferEnd(Epoch Epoch, TransferId Transfer, int Chunks) : IMessage<TransferEnd>
{
    public static MessageType Type => MessageType.TransferEnd;

    public static int FieldCount => 3;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Transfer.Value);
        writer.Write(Chunks);
    }

    public static TransferEnd Read(ref MessagePackReader reader) => new(reader.ReadEpoch(), new TransferId(reader.ReadUInt64()), reader.ReadInt32());
}

/// <summary>
/// The spare refuses the transfer: it already holds the position in its log or checkpoint, so that installing it could undo what it
/// acked; or it has become a member; or its disk is still busy with an earlier transfer.
/// </summary>
public readonly record struct TransferRefused(Epoch Epoch, TransferId Transfer) : IMessage<TransferRefused>
{
    public static MessageType Type => MessageType.TransferRefused;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Transfer.Value);
    }

    public static TransferRefused Read(ref MessagePackReader reader) => new(reader.ReadEpoch(), new TransferId(reader.ReadUInt64()));
}
