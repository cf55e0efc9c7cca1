using System.Buffers;
using MessagePack;

namespace JustHungry.Protocol.Framing;

/// <summary>
/// A received frame, of which only the type and correlation have been read so far. Its bytes belong to the connection's buffer and are no
/// longer valid when the step that was given the frame ends: copy what must outlive the step.
/// </summary>
public ref struct Frame
{
    private const int HeaderFields = 2; // type, correlation

    private readonly MessagePackReader _fields;
    private readonly int _fieldCount;

    /// <exception cref="ProtocolViolationException">These bytes are not a message.</exception>
    public Frame(in ReadOnlySequence<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        (Type, Correlation, _fieldCount) = Decoding.ReadNext(ref reader, HeaderFields, ReadHeader);
        _fields = reader;
    }

    public MessageType Type { get; }

    /// <summary>Chosen by whoever asks; the answer carries it back. 0 if nobody asked.</summary>
    public ulong Correlation { get; }

    /// <summary>Reads the fields as a <typeparamref name="T"/>.</summary>
    /// <exception cref="ProtocolViolationException">A field is missing or malformed, or bytes are left over.</exception>
    public readonly T As<T>()
        where T : struct, IMessage<T>
    {
        if (Type != T.Type)
            throw new ProtocolViolationException($"{Type} where {T.Type} was expected");
        if (_fieldCount < T.FieldCountLeast)
            throw new ProtocolViolationException($"{Type} with {_fieldCount} fields, where {T.FieldCountLeast} are needed");

        return Decoding.ReadToEnd(_fields, _fieldCount, ReadFields<T>);
    }

    private static FrameHeader ReadHeader(ref MessagePackReader reader, int fields)
    {
        int count = reader.ReadArrayHeader();
        return count >= fields
            ? new FrameHeader((MessageType)reader.ReadUInt16(), reader.ReadUInt64(), count - fields)
            : throw new MessagePackSerializationException("a message without type and correlation");
    }

    private static T ReadFields<T>(ref MessagePackReader reader, int count)
        where T : struct, IMessage<T>
    {
        T message = T.Read(ref reader, count);
        for (int i = T.FieldCount; i < count; i++)
            reader.SkipElement();
        return message;
    }

    private readonly record struct FrameHeader(MessageType Type, ulong Correlation, int FieldCount);
}
