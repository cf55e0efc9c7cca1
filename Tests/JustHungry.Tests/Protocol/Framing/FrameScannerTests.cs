using System.Buffers;
using System.Buffers.Binary;
using CsCheck;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Framing;

public sealed class FrameScannerTests
{
    private static readonly byte[] TwoFrames = [.. FrameBytes.Encode(1, new Lookup("a")), .. FrameBytes.Encode(2, new Lookup("bb"))];

    [Test]
    public void A_frame_appears_only_with_its_last_byte()
    {
        byte[] frame = FrameBytes.Encode(1, new Lookup("a"));
        for (int length = 0; length < frame.Length; length++)
        {
            var partial = new ReadOnlySequence<byte>(frame, 0, length);
            FrameScanner.TryRead(ref partial, 100, out _).Should().BeFalse("{0} of {1} bytes are there", length, frame.Length);
            partial.Length.Should().Be(length, "nothing may be consumed");
        }

        var whole = new ReadOnlySequence<byte>(frame);
        FrameScanner.TryRead(ref whole, 100, out ReadOnlySequence<byte> body).Should().BeTrue();
        body.Length.Should().Be(frame.Length - FrameLimits.PrefixBytes);
        whole.IsEmpty.Should().BeTrue();
    }

    [Test]
    public void Frames_are_the_same_however_the_bytes_are_split([Range(1, 12)] int segmentBytes)
    {
        ReadOnlySequence<byte> rest = FrameBytes.InSegments(TwoFrames, segmentBytes);

        List<(ulong, string)> read = [];
        while (FrameScanner.TryRead(ref rest, 100, out ReadOnlySequence<byte> body))
        {
            var frame = new Frame(body);
            read.Add((frame.Correlation, frame.As<Lookup>().Name));
        }

        read.Should().Equal((1ul, "a"), (2ul, "bb"));
        rest.IsEmpty.Should().BeTrue();
    }

    [Test]
    public void A_prefix_over_the_limit_is_refused_before_its_body_comes()
    {
        byte[] prefix = new byte[FrameLimits.PrefixBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, 101);
        Action read = () => Scan(prefix, 100);
        read.Should().Throw<ProtocolViolationException>();

        BinaryPrimitives.WriteUInt32LittleEndian(prefix, 100);
        Scan(prefix, 100).Should().BeEmpty("a frame at the limit is awaited");
    }

    [TestCase(0u)]
    [TestCase(0x8000_0000u)]
    [TestCase(uint.MaxValue)]
    public void Lengths_that_no_frame_has_are_refused(uint length)
    {
        byte[] prefix = new byte[FrameLimits.PrefixBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, length);
        Action read = () => Scan(prefix, FrameLimits.DaemonBytesMax);
        read.Should().Throw<ProtocolViolationException>();
    }

    [Test]
    public void Any_split_of_any_frames_gives_the_same_frames() =>
        Gen.Select(Gen.Byte.Array[1, 40].Array[0, 8], Gen.Int[1, 50]).Sample((bodies, segmentBytes) =>
        {
            byte[] stream = [.. bodies.SelectMany(b => FrameBytes.Prefixed(b))];
            ReadOnlySequence<byte> rest = FrameBytes.InSegments(stream, segmentBytes);
            List<byte[]> read = [];
            while (FrameScanner.TryRead(ref rest, 40, out ReadOnlySequence<byte> body))
                read.Add(body.ToArray());
            return rest.IsEmpty && read.Count == bodies.Length && read.Zip(bodies).All(p => p.First.SequenceEqual(p.Second));
        });

    private static List<byte[]> Scan(byte[] bytes, int bytesMax)
    {
        var rest = new ReadOnlySequence<byte>(bytes);
        List<byte[]> frames = [];
        while (FrameScanner.TryRead(ref rest, bytesMax, out ReadOnlySequence<byte> frame))
            frames.Add(frame.ToArray());
        return frames;
    }
}
