using System.Buffers;
using System.Buffers.Binary;
using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Tests.Protocol.Framing;

/// <summary>Makes frames, good and bad, and cuts bytes into segments.</summary>
internal static class FrameBytes
{
    public static byte[] Encode<T>(ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        var output = new ArrayBufferWriter<byte>();
        new FrameWriter().Write(output, correlation, message);
        return output.WrittenSpan.ToArray();
    }

    public delegate void WriteBody(ref MessagePackWriter writer);

    /// <summary>A frame whose body is whatever <paramref name="write"/> writes.</summary>
    public static byte[] Raw(WriteBody write)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        write(ref writer);
        writer.Flush();
        return Prefixed(body.WrittenSpan);
    }

    public static byte[] Prefixed(ReadOnlySpan<byte> body)
    {
        byte[] frame = new byte[FrameLimits.PrefixBytes + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)body.Length);
        body.CopyTo(frame.AsSpan(FrameLimits.PrefixBytes));
        return frame;
    }

    /// <summary>The same bytes in segments of the given size, as a pipe may hand them out.</summary>
    public static ReadOnlySequence<byte> InSegments(byte[] bytes, int segmentBytes)
    {
        Segment? first = null;
        Segment? last = null;
        for (int at = 0; at < bytes.Length; at += segmentBytes)
        {
            last = new Segment(bytes.AsMemory(at, Math.Min(segmentBytes, bytes.Length - at)), last);
            first ??= last;
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    /// <summary>The frame's message, given the whole frame with its prefix.</summary>
    public static T Decode<T>(byte[] frame)
        where T : struct, IMessage<T>
    {
        var rest = new ReadOnlySequence<byte>(frame);
        return FrameScanner.TryRead(ref rest, FrameLimits.DaemonBytesMax, out ReadOnlySequence<byte> body) && rest.IsEmpty
            ? new Frame(body).As<T>()
            : throw new InvalidOperationException("not one whole frame");
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;

            previous.Next = this;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
        }
    }
}
