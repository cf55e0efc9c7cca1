using System.Buffers;
using CsCheck;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Framing;

public sealed class FrameTests
{
    private static readonly Hello Greeting =
        new(Role.Replica, "york-b", new DiskId(2), new BootId(3), new ClusterId(4), "JH_orders");

    [Test]
    public void Fields_that_a_newer_peer_adds_are_skipped()
    {
        byte[] frame = FrameBytes.Raw((ref writer) =>
        {
            writer.WriteArrayHeader(5);
            writer.Write((ushort)MessageType.Lookup);
            writer.Write(7ul);
            writer.Write("name");
            writer.Write(new byte[] { 1, 2, 3 });
            writer.WriteArrayHeader(2);
            writer.Write("nested");
            writer.WriteNil();
        });

        FrameBytes.Decode<Lookup>(frame).Should().Be(new Lookup("name"));
    }

    [Test]
    public void A_missing_field_is_a_violation()
    {
        byte[] frame = FrameBytes.Raw((ref writer) =>
        {
            writer.WriteArrayHeader(2);
            writer.Write((ushort)MessageType.Lookup);
            writer.Write(7ul);
        });

        Decoding<Lookup>(frame).Should().Throw<ProtocolViolationException>().WithMessage("*0 fields, where 1 are needed*");
    }

    [Test]
    public void An_earlier_versions_ack_does_not_tell_the_time()
    {
        FrameBytes.Decode<Appended>(Ack(fields: 3)).Should().Be(new Appended(new Epoch(3), new Round(4), new EntryIndex(5), null));
        FrameBytes.Decode<Appended>(Ack(fields: 4)).UtcMs.Should().Be(6);
        Decoding<Appended>(Ack(fields: 2)).Should().Throw<ProtocolViolationException>().WithMessage("*2 fields, where 3 are needed*");
        Decoding<Appended>(FrameBytes.Encode(0, new Appended(new Epoch(3), new Round(4), new EntryIndex(5), long.MinValue))).Should().Throw<ProtocolViolationException>();

        static byte[] Ack(int fields) => FrameBytes.Raw((ref writer) =>
        {
            writer.WriteArrayHeader(2 + fields);
            writer.Write((ushort)MessageType.Appended);
            for (int i = 0; i < 1 + fields; i++)
                writer.Write(2 + i);
        });
    }

    [Test]
    public void Another_type_than_expected_is_a_violation() =>
        Decoding<Found>(FrameBytes.Encode(1, new Lookup("a"))).Should().Throw<ProtocolViolationException>();

    [Test]
    public void Bytes_after_the_message_are_a_violation()
    {
        byte[] frame = FrameBytes.Encode(1, new Lookup("a"));
        byte[] longer = FrameBytes.Prefixed([.. frame.AsSpan(FrameLimits.PrefixBytes), 0xC0]);

        Decoding<Lookup>(longer).Should().Throw<ProtocolViolationException>().WithMessage("*after its end*");
    }

    [Test]
    public void A_field_of_another_kind_is_a_violation()
    {
        byte[] frame = FrameBytes.Raw((ref writer) =>
        {
            writer.WriteArrayHeader(3);
            writer.Write((ushort)MessageType.Lookup);
            writer.Write(7ul);
            writer.Write(12345);
        });

        Decoding<Lookup>(frame).Should().Throw<ProtocolViolationException>().WithMessage("*malformed Lookup*");
    }

    [Test]
    public void Text_that_is_no_utf8_is_a_violation()
    {
        byte[] frame = FrameBytes.Raw((ref writer) =>
        {
            writer.WriteArrayHeader(3);
            writer.Write((ushort)MessageType.Lookup);
            writer.Write(7ul);
            writer.WriteString([0x61, 0xFF]);
        });

        Decoding<Lookup>(frame).Should().Throw<ProtocolViolationException>();
    }

    [Test]
    public void Text_over_its_limit_is_a_violation() =>
        Decoding<Lookup>(FrameBytes.Encode(1, new Lookup(new string('a', 129)))).Should().Throw<ProtocolViolationException>().WithMessage("*129 bytes*");

    [Test]
    public void Every_truncation_of_a_message_is_a_violation()
    {
        byte[] body = FrameBytes.Encode(1, Greeting)[FrameLimits.PrefixBytes..];
        for (int length = 1; length < body.Length; length++)
            Decoding<Hello>(FrameBytes.Prefixed(body.AsSpan(0, length))).Should().Throw<ProtocolViolationException>("{0} bytes are left", length);
    }

    [Test]
    public void Random_bytes_are_a_message_or_a_violation_and_nothing_else() =>
        Gen.Byte.Array[1, 200].Sample(body => IsMessageOrViolation(FrameBytes.Prefixed(body)), iter: 5_000);

    [Test]
    public void A_flipped_byte_makes_a_message_or_a_violation_and_nothing_else()
    {
        byte[] good = FrameBytes.Encode(1, Greeting);
        Gen.Select(Gen.Int[FrameLimits.PrefixBytes, good.Length - 1], Gen.Byte).Sample(
            (at, value) =>
            {
                byte[] bad = [.. good];
                bad[at] = value;
                return IsMessageOrViolation(bad);
            }, iter: 5_000);
    }

    [Test]
    public void A_million_nested_arrays_in_a_skipped_field_are_a_violation_and_not_the_end_of_the_process()
    {
        byte[] nested = new byte[FrameLimits.DaemonBytesMax - 64];
        Array.Fill(nested, (byte)0x91); // array of one, of one, of one, …
        byte[] frame = FrameBytes.Raw((ref writer) =>
        {
            writer.WriteArrayHeader(4);
            writer.Write((ushort)MessageType.Lookup);
            writer.Write(7ul);
            writer.Write("a");
            writer.WriteRaw(nested);
        });

        Decoding<Lookup>(frame).Should().Throw<ProtocolViolationException>();
    }

    [Test]
    public void A_message_longer_than_any_peer_accepts_is_not_sent()
    {
        var registration = new Registration("n", new Endpoint("h", 1), default, default, default, [new string('m', 128)], new BootId(1), 0);
        var tooLong = new Listed([.. Enumerable.Repeat(registration, 8_000)]);
        var output = new ArrayBufferWriter<byte>();

        Action write = () => new FrameWriter().Write(output, 1, tooLong);

        write.Should().Throw<InvalidOperationException>("no peer is to blame for it");
        output.WrittenCount.Should().Be(0, "half a message would break the stream");
    }

    [Test]
    public void What_is_sent_on_under_another_header_leaves_room_for_it()
    {
        var most = new ReadOnlySequence<byte>(new byte[FrameLimits.PayloadBytesMax]);
        var tooMuch = new ReadOnlySequence<byte>(new byte[FrameLimits.PayloadBytesMax + 1]);

        FrameBytes.Encode(ulong.MaxValue, new Reply(most)).Length.Should().BeLessThan(FrameLimits.DaemonBytesMax);
        Decoding<Executed>(FrameBytes.Encode(1, new Executed(default, new ReplyNumber(1), most))).Should().NotThrow();
        Decoding<Executed>(FrameBytes.Encode(1, new Executed(default, new ReplyNumber(1), tooMuch))).Should().Throw<ProtocolViolationException>();
        Decoding<Append>(FrameBytes.Encode(1, new Append(default, default, default, default, 1, 0, tooMuch, default))).Should().Throw<ProtocolViolationException>();
        Decoding<TransferRows>(FrameBytes.Encode(1, new TransferRows(default, default, 0, 0, tooMuch))).Should().Throw<ProtocolViolationException>();
    }


    private static Action Decoding<T>(byte[] frame)
        where T : struct, IMessage<T> => () => FrameBytes.Decode<T>(frame);

    private static bool IsMessageOrViolation(byte[] frame)
    {
        try
        {
            FrameBytes.Decode<Hello>(frame);
            return true;
        }
        catch (ProtocolViolationException)
        {
            return true;
        }
    }
}
