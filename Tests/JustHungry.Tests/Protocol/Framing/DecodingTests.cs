using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.Fuzzing;
using MessagePack;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Framing;

internal sealed class DecodingTests
{
    /// <summary>Headers whose length or count is negative as a signed number, or more than there is; wrong types; the end.</summary>
    private static readonly string[] Hostile =
        ["c6ffffffff", "c680000000", "dbffffffff", "db80000000", "ddffffffff", "dfffffffff", "c9ffffffff01", "c5ffff", "d9ff", "c1", "c0", "cf", "cb7ff8000000000000", ""];

    [Test]
    public void Whatever_a_reader_throws_is_the_bytes_fault()
    {
        Exception[] thrown = [new InvalidOperationException(), new ArgumentOutOfRangeException("length"), new KeyNotFoundException(), new OverflowException()];
        foreach (Exception exception in thrown)
        {
            Action read = () => Decoding.Read<int>(new ReadOnlySequence<byte>([1]), (ref _) => throw exception);
            read.Should().Throw<ProtocolViolationException>().Which.InnerException.Should().BeSameAs(exception);
            Decoding.TryRead(new ReadOnlySequence<byte>([1]), (ref MessagePackReader _) => Throw(exception), out int _).Should().BeFalse();
        }

        static int Throw(Exception e) => throw e;
    }

    [TestCaseSource(nameof(Hostile))]
    public void Every_field_of_every_message_may_be_hostile(string hex)
    {
        byte[] hostile = Convert.FromHexString(hex);
        foreach (Sample sample in SampleMessages.All)
        {
            foreach (Range element in Elements.Of(sample.Frame))
            {
                try
                {
                    sample.Read(Elements.Replace(sample.Frame, element, hostile));
                }
                catch (ProtocolViolationException)
                {
                    // what it should be, if it is anything
                }
            }
        }
    }

    [Test]
    public void There_is_a_sample_of_every_message() =>
        SampleMessages.All.Select(s => s.Type).Should().BeEquivalentTo(Enum.GetValues<MessageType>().Where(t => t != MessageType.None));

    [Test]
    public void Every_sample_is_valid() => SampleMessages.All.Should().AllSatisfy(s => s.Read(s.Frame));

    [TestCase((byte)0x91)]
    [TestCase((byte)0x81)]
    public void Elements_nested_a_million_deep_are_passed_over(byte header)
    {
        byte[] nested = Enumerable.Repeat(header, FrameLimits.DaemonBytesMax - 64).ToArray();
        byte[] frame = [0x93, (byte)MessageType.Pong, 0, .. nested];
        Action read = () => new Frame(new ReadOnlySequence<byte>(frame)).As<Pong>();
        read.Should().Throw<ProtocolViolationException>();
    }

    [Test]
    public void Unknown_elements_are_passed_over_however_they_are_built()
    {
        byte[] frame = [0x94, (byte)MessageType.Pong, 0, 0x92, 0x91, 0xc0, 0x82, 1, 0x90, 2, 0x80, 0xc7, 1, 5, 9];
        Action read = () => new Frame(new ReadOnlySequence<byte>(frame)).As<Pong>();
        read.Should().NotThrow();
    }

    [TestCase(-1L, 1, 0L)]
    [TestCase(1L, 0, 0L)]
    [TestCase(1L, int.MaxValue, 0L)]
    [TestCase(long.MaxValue, 1, 0L)]
    [TestCase(1L, 1, long.MaxValue)]
    [TestCase(1L, 1, -1L)]
    public void An_order_that_programs_can_not_compute_with_is_no_answer(long price, int quantity, long placedAt)
    {
        var answer = new OrderAnswer(new Order(1, OrderStatus.Active, Delivery.NextDay, Pence.Zero, Pence.Zero, [new OrderLine("a", quantity, new Pence(price))], placedAt));
        Action read = () => Answer.Read(new ReadOnlySequence<byte>(answer.ToBytes()));
        read.Should().Throw<ProtocolViolationException>();
    }

    [Test]
    public void More_than_no_orders_is_no_answer()
    {
        Action read = () => Answer.Read(new ReadOnlySequence<byte>(new OrdersAnswer([], More: true).ToBytes()));
        read.Should().Throw<ProtocolViolationException>();
    }
}
