using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MessagePack;

namespace JustHungry.Protocol.Framing;

/// <summary>
/// The only way to turn bytes from outside (a peer, a file) into a value. Whatever a reader throws in here is the bytes' fault, and
/// becomes a <see cref="ProtocolViolationException"/> whatever its type: MessagePack alone throws five. For this to be right, a reader
/// must change nothing but the value that it makes, and allocate no more than the bytes that are there can fill.
/// </summary>
public static class Decoding
{
    /// <summary>Reads a value that takes up all of <paramref name="bytes"/>.</summary>
    /// <exception cref="ProtocolViolationException">They are not such a value, or there are bytes after it.</exception>
    public static T Read<T>(in ReadOnlySequence<byte> bytes, ReadElement<T> read) =>
        ReadToEnd(new MessagePackReader(bytes), read, static (ref reader, inner) => inner(ref reader));

    /// <summary>Reads a value that takes up all of <paramref name="bytes"/>; false if they are not such a value.</summary>
    public static bool TryRead<T>(in ReadOnlySequence<byte> bytes, ReadElement<T> read, [NotNullWhen(true)] out T? value)
    {
        try
        {
            value = Read(bytes, read);
            return value is not null;
        }
        catch (ProtocolViolationException)
        {
            value = default;
            return false;
        }
    }

    /// <summary>Reads a value that takes up all that <paramref name="reader"/> still has.</summary>
    /// <exception cref="ProtocolViolationException">There is no such value, or there are bytes after it.</exception>
    public static T ReadToEnd<T, TState>(MessagePackReader reader, TState state, ReadWith<T, TState> read)
    {
        T value = ReadNext(ref reader, state, read);
        return reader.End ? value : throw new ProtocolViolationException($"a {typeof(T).Name} with bytes after its end");
    }

    /// <summary>Reads the next value, and leaves the reader at what follows it.</summary>
    /// <exception cref="ProtocolViolationException">There is no such value.</exception>
    public static T ReadNext<T, TState>(ref MessagePackReader reader, TState state, ReadWith<T, TState> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            return read(ref reader, state);
        }
        catch (Exception e) when (e is not ProtocolViolationException)
        {
            throw new ProtocolViolationException($"a malformed {typeof(T).Name}: {e.Message}", e);
        }
    }
}

/// <summary>Reads one value, with something that the reader needs to know.</summary>
public delegate T ReadWith<out T, in TState>(ref MessagePackReader reader, TState state);
