using System.Buffers;
using System.Buffers.Binary;

namespace JustHungry.Protocol.Framing;

/// <summary>Finds whole frames in received bytes. Pure: the caller owns the pipe and its AdvanceTo.</summary>
public static class FrameScanner
{
    /// <summary>
    /// Takes the next whole frame off the front of <paramref name="buffer"/>.
    /// </summary>
    /// <param name="buffer">Received bytes; moved past the frame when there is one.</param>
    /// <param name="bytesMax">The longest frame this peer may send, without its prefix.</param>
    /// <param name="frame">The frame without its prefix.</param>
    /// <exception cref="ProtocolViolationException">The prefix names a length of 0 or above the limit.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int bytesMax, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < FrameLimits.PrefixBytes)
            return false;

        uint length = ReadPrefix(buffer);
        if (length == 0 || length > (uint)bytesMax)
            throw new ProtocolViolationException($"a frame of {length} bytes, where 1 to {bytesMax} are allowed");

        if (buffer.Length < FrameLimits.PrefixBytes + length)
            return false;

        frame = buffer.Slice(FrameLimits.PrefixBytes, length);
        buffer = buffer.Slice(frame.End);
        return true;
    }

    private static uint ReadPrefix(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.FirstSpan.Length >= FrameLimits.PrefixBytes)
            return BinaryPrimitives.ReadUInt32LittleEndian(buffer.FirstSpan);

        Span<byte> prefix = stackalloc byte[FrameLimits.PrefixBytes];
        buffer.Slice(0, FrameLimits.PrefixBytes).CopyTo(prefix);
        return BinaryPrimitives.ReadUInt32LittleEndian(prefix);
    }
}
