using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using MessagePack;

namespace JustHungry.Server.Storage.Journal;

/// <summary>A record's content in MessagePack: its kind, then its fields.</summary>
internal static class RecordCodec
{
    private enum Kind : byte
    {
        State = 1,
        Write = 2,
        Restart = 3,
        Disk = 4,
        Boot = 5,
        Seal = 6,
        Continued = 7,
    }

    public static void Write(IBufferWriter<byte> to, JournalRecord record)
    {
        var writer = new MessagePackWriter(to);
        switch (record)
        {
            case WriteRecord write:
                WriteKind(ref writer, Kind.Write);
                WriteWrite(ref writer, write);
                break;
            case StateRecord state:
                WriteKind(ref writer, Kind.State);
                WriteState(ref writer, state);
                break;
            case RestartRecord restart:
                WriteKind(ref writer, Kind.Restart);
                writer.WritePosition(restart.At);
                writer.Write(restart.IsInstalling);
                break;
            case DiskRecord disk:
                WriteKind(ref writer, Kind.Disk);
                writer.WriteId(disk.Disk.Value);
                break;
            case BootRecord boot:
                WriteKind(ref writer, Kind.Boot);
                writer.WriteId(boot.Boot.Value);
                break;
            case SealRecord:
                WriteKind(ref writer, Kind.Seal);
                break;
            case ContinuedRecord continued:
                WriteKind(ref writer, Kind.Continued);
                writer.Write(continued.Segment);
                break;
            default:
                throw new InvariantException($"{record.GetType().Name} is no record of the journal");
        }

        writer.Flush();
    }

    /// <summary>To be called by <see cref="Decoding"/>: any exception means that the bytes are not a record.</summary>
    public static JournalRecord Read(ref MessagePackReader reader) => reader.ReadEnum<Kind>() switch
    {
        Kind.State => ReadState(ref reader),
        Kind.Write => ReadWrite(ref reader),
        Kind.Restart => new RestartRecord(reader.ReadPosition(), reader.ReadBoolean()),
        Kind.Disk => new DiskRecord(new DiskId(reader.ReadId())),
        Kind.Boot => new BootRecord(new BootId(reader.ReadId())),
        Kind.Seal => new SealRecord(),
        _ => new ContinuedRecord(reader.ReadUInt64()),
    };

    private static void WriteKind(ref MessagePackWriter writer, Kind kind) => writer.Write((byte)kind);

    private static void WriteState(ref MessagePackWriter writer, StateRecord state)
    {
        if (state.Disk is { } disk)
            writer.WriteId(disk.Value);
        else
            writer.WriteNil();
        View.Write(ref writer, state.Adopted);
        writer.WritePosition(state.Base);
        writer.WritePosition(state.Last);
        writer.Write(state.IsInstalling);
        writer.Write(state.IsMarked);
    }

    private static StateRecord ReadState(ref MessagePackReader reader) => new(
        reader.TryReadNil() ? null : new DiskId(reader.ReadId()), View.ReadOptional(ref reader), reader.ReadPosition(), reader.ReadPosition(),
        reader.ReadBoolean(), reader.ReadBoolean());

    private static void WriteWrite(ref MessagePackWriter writer, WriteRecord write)
    {
        View.Write(ref writer, write.Adopt);
        WriteOptional(ref writer, write.CutTo);
        WriteOptional(ref writer, write.Base);
        writer.WriteArrayHeader(write.Append.Count);
        foreach (LogBatch batch in write.Append)
        {
            writer.Write(batch.First.Value);
            writer.Write(batch.Count);
            writer.Write(batch.Epoch.Value);
            writer.Write(batch.Checksum);
            writer.Write(batch.Entries.Span);
        }
    }

    private static WriteRecord ReadWrite(ref MessagePackReader reader)
    {
        View? adopt = View.ReadOptional(ref reader);
        EntryPosition? cutTo = ReadOptional(ref reader), @base = ReadOptional(ref reader);
        return new WriteRecord(adopt, cutTo, reader.ReadList(int.MaxValue, ReadBatch), @base);
    }

    private static LogBatch ReadBatch(ref MessagePackReader reader)
    {
        var batch = new LogBatch(
            new EntryIndex(reader.ReadUInt64()), reader.ReadInt32(), new Epoch(reader.ReadUInt64()), reader.ReadUInt32(), reader.ReadBin().ToArray());
        return batch.Count > 0 ? batch : throw new MessagePackSerializationException("a batch without entries");
    }

    private static void WriteOptional(ref MessagePackWriter writer, EntryPosition? position)
    {
        if (position is { } at)
            writer.WritePosition(at);
        else
            writer.WriteNil();
    }

    private static EntryPosition? ReadOptional(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadPosition();
}
