using System.Buffers;
using MessagePack;

namespace JustHungry.Protocol.Framing;

/// <summary>
/// A received frame: its type and correlation are read, its fields are not yet. Its bytes belong to the connection's buffer
/// and are gone when the step that was given the frame ends: what outlives the step is copied.
/// </summary>
public ref struct Frame
{
    private const int HeaderFields = 2; // type, correlation

    private readonly MessagePackReader _fields;
    private readonly int _fieldCount;

    /// <exception cref="ProtocolViolationException">These bytes are not a message.</exception>
    public Frame(in ReadOnlySequence<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            int count = reader.ReadArrayHeader();
            if (count < HeaderFields)
                throw new ProtocolViolationException("a message without type and correlation");

            Type = (MessageType)reader.ReadUInt16();
            Correlation = reader.ReadUInt64();
            _fieldCount = count - HeaderFields;
            _fields = reader;
        }
        catch (Exception e) when (Wire.IsMalformed(e))
        {
            throw new ProtocolViolationException("not a message: " + e.Message, e);
        }
    }

    public MessageType Type { get; }

    /// <summary>Chosen by whoever asks; the answer carries it back. 0: nobody asked.</summary>
    public ulong Correlation { get; }

    /// <summary>Reads the fields as a <typeparamref name="T"/>.</summary>
    /// <exception cref="ProtocolViolationException">A field is missing or malformed, or bytes are left over.</exception>
    public readonly T As<T>()
        where T : struct, IMessage<T>
    {
        if (Type != T.Type)
            throw new ProtocolViolationException($"{Type} where {T.Type} was expected");
        if (_fieldCount < T.FieldCount)
            throw new ProtocolViolationException($"{Type} with {_fieldCount} fields, where {T.FieldCount} are needed");

        try
        {
            var reader = _fields;
            T message = T.Read(ref reader);
            for (int i = T.FieldCount; i < _fieldCount; i++)
                reader.Skip();
            if (!reader.End)
                throw new ProtocolViolationException($"{Type} with bytes after its end");
            return message;
        }
        catch (Exception e) when (Wire.IsMalformed(e))
        {
            throw new ProtocolViolationException($"a malformed {Type}: {e.Message}", e);
        }
    }
}
