using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using JustHungry.Protocol.Ids;
using MessagePack;

namespace JustHungry.Protocol.Framing;

/// <summary>
/// How our own value types are written in MessagePack: ids as 16-byte bin, optional values as nil or the value, text as strict UTF-8 with
/// a limit.
/// </summary>
public static class Wire
{
    private const int IdBytes = 16;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void WriteId(ref this MessagePackWriter writer, UInt128 id)
    {
        writer.WriteBinHeader(IdBytes);
        BinaryPrimitives.WriteUInt128BigEndian(writer.GetSpan(IdBytes), id);
        writer.Advance(IdBytes);
    }

    public static UInt128 ReadId(ref this MessagePackReader reader)
    {
        ReadOnlySequence<byte> bytes = ReadExactly(ref reader, IdBytes);
        Span<byte> id = stackalloc byte[IdBytes];
        bytes.CopyTo(id);
        return BinaryPrimitives.ReadUInt128BigEndian(id);
    }

    public static void WriteKey(ref this MessagePackWriter writer, UserKey key)
    {
        writer.WriteBinHeader(UserKey.Bytes);
        key.CopyTo(writer.GetSpan(UserKey.Bytes));
        writer.Advance(UserKey.Bytes);
    }

    public static UserKey ReadKey(ref this MessagePackReader reader)
    {
        ReadOnlySequence<byte> bytes = ReadExactly(ref reader, UserKey.Bytes);
        Span<byte> key = stackalloc byte[UserKey.Bytes];
        bytes.CopyTo(key);
        return UserKey.FromBytes(key);
    }

    public static void WriteOwnerKey(ref this MessagePackWriter writer, OwnerKey key)
    {
        writer.WriteBinHeader(OwnerKey.Bytes);
        key.CopyTo(writer.GetSpan(OwnerKey.Bytes));
        writer.Advance(OwnerKey.Bytes);
    }

    public static OwnerKey ReadOwnerKey(ref this MessagePackReader reader)
    {
        ReadOnlySequence<byte> bytes = ReadExactly(ref reader, OwnerKey.Bytes);
        Span<byte> key = stackalloc byte[OwnerKey.Bytes];
        bytes.CopyTo(key);
        return OwnerKey.FromBytes(key);
    }

    public static void WriteHash(ref this MessagePackWriter writer, KeyHash hash)
    {
        writer.WriteBinHeader(KeyHash.Bytes);
        hash.CopyTo(writer.GetSpan(KeyHash.Bytes));
        writer.Advance(KeyHash.Bytes);
    }

    public static KeyHash ReadHash(ref this MessagePackReader reader)
    {
        ReadOnlySequence<byte> bytes = ReadExactly(ref reader, KeyHash.Bytes);
        Span<byte> hash = stackalloc byte[KeyHash.Bytes];
        bytes.CopyTo(hash);
        return KeyHash.FromBytes(hash);
    }

    /// <summary>Reads text; nil, bad UTF-8 or more than <paramref name="bytesMax"/> bytes are malformed.</summary>
    public static string ReadText(ref this MessagePackReader reader, int bytesMax)
    {
        ReadOnlySequence<byte> bytes = reader.ReadStringSequence() ?? throw new MessagePackSerializationException("nil where text was expected");
        if (bytes.Length > bytesMax)
            throw new MessagePackSerializationException($"a text of {bytes.Length} bytes, where at most {bytesMax} are allowed");
        return bytes.IsSingleSegment ? StrictUtf8.GetString(bytes.FirstSpan) : StrictUtf8.GetString(bytes.ToArray());
    }

    public static ReadOnlySequence<byte> ReadBin(ref this MessagePackReader reader) =>
        reader.ReadBytes() ?? throw new MessagePackSerializationException("nil where bytes were expected");

    /// <summary>
    /// Reads bytes that will be sent on under another header; more than <see cref="FrameLimits.PayloadBytesMax"/> are malformed.
    /// </summary>
    public static ReadOnlySequence<byte> ReadPayload(ref this MessagePackReader reader)
    {
        ReadOnlySequence<byte> bytes = reader.ReadBin();
        return bytes.Length <= FrameLimits.PayloadBytesMax ? bytes : throw new MessagePackSerializationException($"{bytes.Length} bytes, where at most {FrameLimits.PayloadBytesMax} are allowed");
    }

    /// <summary>Reads an array's header; more than <paramref name="countMax"/> elements are malformed.</summary>
    public static int ReadCount(ref this MessagePackReader reader, int countMax)
    {
        int count = reader.ReadArrayHeader(); // checked there: never more than there are bytes left
        return count <= countMax ? count : throw new MessagePackSerializationException($"{count} elements, where at most {countMax} are allowed");
    }

    /// <summary>Reads a list whose elements are read by <paramref name="read"/>.</summary>
    public static T[] ReadList<T>(ref this MessagePackReader reader, int countMax, ReadElement<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var list = new T[reader.ReadCount(countMax)];
        for (int i = 0; i < list.Length; i++)
            list[i] = read(ref reader);
        return list;
    }

    /// <summary>Writes a list whose elements are written by <paramref name="write"/>.</summary>
    public static void WriteList<T>(ref this MessagePackWriter writer, IReadOnlyList<T> list, WriteElement<T> write)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(write);
        writer.WriteArrayHeader(list.Count);
        foreach (T element in list)
            write(ref writer, element);
    }

    public static void WriteClock(ref this MessagePackWriter writer, long? utcMs)
    {
        if (utcMs is { } told)
            writer.Write(told);
        else
            writer.WriteNil();
    }

    /// <summary>A clock, in milliseconds since 1970-01-01 UTC, if the peer sent it. A date that no clock can show is malformed.</summary>
    public static long? ReadClock(ref this MessagePackReader reader, bool isThere)
    {
        if (!isThere || reader.TryReadNil())
            return null;
        long utcMs = reader.ReadInt64();
        return utcMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && utcMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? utcMs
            : throw new MessagePackSerializationException("a time that no clock shows");
    }

    public static void WriteMember(ref this MessagePackWriter writer, Member member)
    {
        writer.WriteArrayHeader(2);
        writer.Write(member.Id.Value);
        writer.WriteId(member.Disk.Value);
    }

    public static Member ReadMember(ref this MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new Member(reader.ReadReplicaId(), new DiskId(reader.ReadId()));
    }

    public static ReplicaId ReadReplicaId(ref this MessagePackReader reader)
    {
        string id = reader.ReadText(ReplicaId.CharsMax);
        return ReplicaId.IsValid(id) ? new ReplicaId(id) : throw new MessagePackSerializationException("not a replica id");
    }

    public static void WriteEndpoint(ref this MessagePackWriter writer, Endpoint endpoint)
    {
        writer.WriteArrayHeader(2);
        writer.Write(endpoint.Host);
        writer.Write(endpoint.Port);
    }

    public static Endpoint ReadEndpoint(ref this MessagePackReader reader)
    {
        reader.ExpectArray(2);
        string host = reader.ReadText(Endpoint.HostCharsMax);
        int port = reader.ReadInt32();
        return port is >= 0 and <= 65535 ? new Endpoint(host, port) : throw new MessagePackSerializationException("not a port");
    }

    public static void WritePosition(ref this MessagePackWriter writer, EntryPosition position)
    {
        writer.Write(position.Index.Value);
        writer.Write(position.Epoch.Value);
    }

    /// <summary>Two elements: index, epoch.</summary>
    public static EntryPosition ReadPosition(ref this MessagePackReader reader) => new(reader.ReadEntryIndex(), reader.ReadEpoch());

    /// <summary>An epoch that no group can reach is malformed: the next one must always exist.</summary>
    public static Epoch ReadEpoch(ref this MessagePackReader reader)
    {
        var epoch = new Epoch(reader.ReadUInt64());
        return epoch <= Epoch.Max ? epoch : throw new MessagePackSerializationException($"epoch {epoch}, where {Epoch.Max} is the last");
    }

    /// <summary>An index that no log can reach is malformed: the next one must always exist.</summary>
    public static EntryIndex ReadEntryIndex(ref this MessagePackReader reader)
    {
        var index = new EntryIndex(reader.ReadUInt64());
        return index <= EntryIndex.LastPossible ? index : throw new MessagePackSerializationException($"entry {index}, where {EntryIndex.LastPossible} is the last");
    }

    /// <summary>Reads an enum that is written as a number; a number that is not one of its members is malformed.</summary>
    public static T ReadEnum<T>(ref this MessagePackReader reader)
        where T : struct, Enum
    {
        // Enums of one byte are read without boxing: an order's entry holds seven.
        byte number = reader.ReadByte();
        T value = Unsafe.SizeOf<T>() == sizeof(byte) ? Unsafe.As<byte, T>(ref number) : (T)Enum.ToObject(typeof(T), number);
        return Enum.IsDefined(value) ? value : throw new MessagePackSerializationException($"{value} is no {typeof(T).Name}");
    }

    /// <summary>An inner array of a fixed shape: exactly <paramref name="count"/> elements.</summary>
    public static void ExpectArray(ref this MessagePackReader reader, int count)
    {
        int found = reader.ReadArrayHeader();
        if (found != count)
            throw new MessagePackSerializationException($"{found} elements, where {count} were expected");
    }

    /// <summary>
    /// Skips one element, whatever it is. MessagePackReader.Skip calls itself for each level of nesting, so a megabyte of array headers
    /// would overflow the stack and end the process.
    /// </summary>
    public static void SkipElement(ref this MessagePackReader reader)
    {
        for (long elements = 1; elements > 0; elements--)
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Array:
                    elements += reader.ReadArrayHeader();
                    break;
                case MessagePackType.Map:
                    elements += 2L * reader.ReadMapHeader();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private static ReadOnlySequence<byte> ReadExactly(ref MessagePackReader reader, int bytes)
    {
        ReadOnlySequence<byte> found = reader.ReadBin();
        return found.Length == bytes ? found : throw new MessagePackSerializationException($"{found.Length} bytes, where {bytes} were expected");
    }
}

/// <summary>Reads one element of a list.</summary>
public delegate T ReadElement<out T>(ref MessagePackReader reader);

/// <summary>Writes one element of a list.</summary>
public delegate void WriteElement<in T>(ref MessagePackWriter writer, T element);
