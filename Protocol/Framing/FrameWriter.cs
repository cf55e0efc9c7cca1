using System.Buffers;
using System.Buffers.Binary;
using MessagePack;

namespace JustHungry.Protocol.Framing;

/// <summary>
/// Writes frames, each through a scratch buffer, because a frame's length comes before its content. One owner, not thread-safe.
/// </summary>
public sealed class FrameWriter
{
    private const int HeaderFields = 2; // type, correlation

    private readonly ArrayBufferWriter<byte> _scratch = new(4096);

    /// <summary>Appends one frame to <paramref name="output"/>.</summary>
    /// <exception cref="InvalidOperationException">The message is longer than any peer would accept, which is our own mistake.</exception>
    public void Write<T>(IBufferWriter<byte> output, ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        ArgumentNullException.ThrowIfNull(output);
        _scratch.ResetWrittenCount();
        var writer = new MessagePackWriter(_scratch);
        writer.WriteArrayHeader(HeaderFields + T.FieldCount);
        writer.Write((ushort)T.Type);
        writer.Write(correlation);
        message.Write(ref writer);
        writer.Flush();

        int length = _scratch.WrittenCount;
        if (length > FrameLimits.DaemonBytesMax)
            throw new InvalidOperationException($"a {T.Type} of {length} bytes, where at most {FrameLimits.DaemonBytesMax} are allowed");

        Span<byte> span = output.GetSpan(FrameLimits.PrefixBytes + length);
        BinaryPrimitives.WriteUInt32LittleEndian(span, (uint)length);
        _scratch.WrittenSpan.CopyTo(span[FrameLimits.PrefixBytes..]);
        output.Advance(FrameLimits.PrefixBytes + length);
    }
}
