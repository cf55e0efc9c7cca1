using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

internal sealed class ExactlyOnce
{
    private ShopDriver _shop = null!;
    private User _ada = null!;

    [SetUp]
    public void Open()
    {
        _shop = new ShopDriver();
        _ada = new User(1);
        _shop.Do(_ada.Details());
    }

    [Test]
    public void A_repeated_order_is_placed_once_and_answered_by_the_same_bytes()
    {
        UserRequest request = _ada.Order(("apple", 1));
        _shop.Do(request);
        byte[] first = _shop.AnswerBytes;
        _shop.Do(_ada.Order(("kale", 1)));

        _shop.Do(request);

        AssertAnsweredWithoutEntry();
        _shop.AnswerBytes.Should().Equal(first);
        _shop.StockOf("apple").Should().Be(14);
    }

    [Test]
    public void The_last_16_updates_can_be_repeated_and_older_ones_have_expired()
    {
        UserRequest[] requests = [.. Enumerable.Range(0, 17).Select(_ => _ada.Order(("banana", 1)))];
        byte[][] answers = [.. requests.Select(r =>
        {
            _shop.Do(r);
            return _shop.AnswerBytes;
        })];

        for (int i = 1; i < requests.Length; i++)
        {
            _shop.Do(requests[i]);
            AssertAnsweredWithoutEntry();
            _shop.AnswerBytes.Should().Equal(answers[i]);
        }

        _shop.Do(requests[0]).Should().Be(new RefusalAnswer(AnswerCode.Expired));
        AssertAnsweredWithoutEntry();
        _shop.StockOf("banana").Should().Be(3);
    }

    [Test]
    public void A_sequence_that_was_overtaken_is_never_executed()
    {
        UserRequest late = _ada.Order(("apple", 1));
        _shop.Do(_ada.Order(("kale", 1)));

        _shop.Do(late).Should().Be(new RefusalAnswer(AnswerCode.Expired));

        AssertAnsweredWithoutEntry();
        _shop.StockOf("apple").Should().Be(15);
    }

    [Test]
    public void A_request_id_with_another_body_or_kind_is_a_mistake_that_does_nothing()
    {
        UserRequest request = _ada.Order(("apple", 1));
        _shop.Do(request);

        _shop.Do(request with { Body = _ada.Order(("apple", 2)).Body }).Should().Be(new RefusalAnswer(AnswerCode.RequestIdReused));
        AssertAnsweredWithoutEntry();
        _shop.Do(request with { Kind = RequestKind.Cancel }).Should().Be(new RefusalAnswer(AnswerCode.RequestIdReused));
        AssertAnsweredWithoutEntry();
        _shop.StockOf("apple").Should().Be(14);
    }

    [Test]
    public void A_request_id_under_a_new_sequence_is_refused_and_the_sequence_is_spent()
    {
        UserRequest request = _ada.Order(("apple", 1));
        _shop.Do(request);
        UserRequest again = request with { Sequence = request.Sequence.Next };

        _shop.Do(again).Should().Be(new RefusalAnswer(AnswerCode.RequestIdReused));
        _shop.Result.Should().Be(ExecutionResult.Entry);

        _shop.Do(again).Should().Be(new RefusalAnswer(AnswerCode.RequestIdReused));
        AssertAnsweredWithoutEntry();
        _shop.Do(request).Code.Should().Be(AnswerCode.Order, "the first one's answer stays what it was");
        _shop.StockOf("apple").Should().Be(14);
    }

    [Test]
    public void Sequences_may_leave_gaps()
    {
        UserRequest request = _ada.Order(("apple", 1)) with { Sequence = new Sequence(ulong.MaxValue) };

        _shop.Do(request).Code.Should().Be(AnswerCode.Order);
        _shop.Do(_ada.Order(("apple", 1))).Code.Should().Be(AnswerCode.Expired);
    }

    [Test]
    public void An_update_without_sequence_or_request_id_is_refused()
    {
        UserRequest request = _ada.Order(("apple", 1));

        foreach (UserRequest nameless in new[] { request with { Sequence = Sequence.None }, request with { RequestId = RequestId.None } })
        {
            _shop.Do(nameless).Should().Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: "sequence"));
            AssertAnsweredWithoutEntry();
        }
    }

    [TestCase(RequestKind.UserDetails)]
    [TestCase(RequestKind.PlaceOrder)]
    [TestCase(RequestKind.Cancel)]
    [TestCase(RequestKind.ProductList)]
    [TestCase(RequestKind.OrderCost)]
    [TestCase(RequestKind.ViewOrders)]
    [TestCase(RequestKind.ViewActive)]
    [TestCase(RequestKind.ViewDetails)]
    public void A_malformed_body_is_answered_for_every_kind(RequestKind kind)
    {
        foreach (byte[] body in new byte[][] { [0xC1], [0x94, 0x90], [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0xC0, 0xC0], [0xA1, 0xFF], [0x01, 0x01] })
        {
            UserRequest request = _ada.Update(kind, body);
            _shop.Do(kind.IsUpdate() ? request : request with { Sequence = Sequence.None }).Should()
                .Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: "body"), Convert.ToHexString(body));
            AssertAnsweredWithoutEntry();
        }
    }

    [Test]
    public void Text_that_is_not_utf8_is_a_malformed_body()
    {
        byte[] body = [0x94, 0x91, 0x92, 0xA1, 0xFF, 0x01, 0x02, 0x00, 0xC0];

        _shop.Do(_ada.Update(RequestKind.PlaceOrder, body)).Should().Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: "body"));
    }

    [TestCase((byte)0)]
    [TestCase((byte)19)]
    [TestCase((byte)27)]
    [TestCase((byte)255)]
    public void An_unknown_kind_is_unsupported(byte kind)
    {
        _shop.Do(_ada.Update((RequestKind)kind, [0xC0])).Should().Be(new RefusalAnswer(AnswerCode.Unsupported));
        AssertAnsweredWithoutEntry();
    }

    [Test]
    public void The_same_body_in_pieces_is_the_same_request()
    {
        UserRequest request = _ada.Order(("apple", 1), ("kale", 1));
        _shop.Do(request);

        _shop.Do(request with { Body = Pieces(request.Body.ToArray()) }).Code.Should().Be(AnswerCode.Order);
        AssertAnsweredWithoutEntry();

        UserRequest next = _ada.Order(("apple", 1), ("kale", 1));
        _shop.Do(next with { Body = Pieces(next.Body.ToArray()) }).Code.Should().Be(AnswerCode.Order);
        _shop.Result.Should().Be(ExecutionResult.Entry);
    }

    private static ReadOnlySequence<byte> Pieces(byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, 1), 0);
        Piece last = first;
        for (int i = 1; i < bytes.Length; i++)
            last = last.Append(bytes.AsMemory(i, 1));
        return new ReadOnlySequence<byte>(first, 0, last, 1);
    }

    private void AssertAnsweredWithoutEntry()
    {
        _shop.Result.Should().Be(ExecutionResult.Answered);
        _shop.Entry.Should().BeEmpty();
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
