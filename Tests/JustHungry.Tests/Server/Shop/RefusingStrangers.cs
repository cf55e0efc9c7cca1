using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

/// <summary>An update of somebody whom the shop does not know is answered once for all, and the shop does not grow by it.</summary>
internal sealed class RefusingStrangers
{
    private static readonly RefusalAnswer Unknown = new(AnswerCode.UnknownUser);

    private ShopDriver _shop = null!;
    private User _ada = null!;
    private ulong _flooded;

    [SetUp]
    public void Open()
    {
        _shop = new ShopDriver();
        _ada = new User(1);
    }

    [Test]
    public void An_order_that_came_before_late_details_stays_refused()
    {
        UserRequest details = _ada.Details();
        UserRequest order = _ada.Order(("apple", 1));
        _shop.Do(order).Should().Be(Unknown);
        _shop.Result.Should().Be(ExecutionResult.Entry);

        _shop.Do(details).Should().Be(new RefusalAnswer(AnswerCode.Expired), "a later sequence was answered");
        AssertAnsweredAgain(order, Unknown);
        _shop.Do(_ada.Details()).Code.Should().Be(AnswerCode.Details);

        AssertAnsweredAgain(order, Unknown);
        _shop.StockOf("apple").Should().Be(15);
    }

    [Test]
    public void Every_refusal_comes_along_when_a_stranger_becomes_a_customer()
    {
        UserRequest[] refused = [_ada.Cancel(1), _ada.Details(), _ada.Order(("kale", 1))];
        Answer[] answers = [.. refused.Select(r => _shop.Do(r, PostcodeVerdict.Invalid))];
        answers.Should().Equal(Unknown, new RefusalAnswer(AnswerCode.InvalidPostcode), Unknown);
        UserRequest accepted = _ada.Details();
        _shop.Do(accepted).Code.Should().Be(AnswerCode.Details);

        for (int i = 0; i < refused.Length; i++)
            AssertAnsweredAgain(refused[i], answers[i]);
        var state = new RecordedTables();
        _shop.State.WriteTo(state);
        state.Answered.Select(a => a.Sequence.Value).Should().Equal(1, 2, 3, 4);
    }

    [Test]
    public void The_same_request_id_is_a_mistake_of_a_stranger_too()
    {
        UserRequest order = _ada.Order(("apple", 1));
        _shop.Do(order);

        _shop.Do(order with { Sequence = new Sequence(7) }).Should().Be(new RefusalAnswer(AnswerCode.RequestIdReused));
        _shop.Result.Should().Be(ExecutionResult.Entry);
        _shop.Do(order with { Body = _ada.Cancel(1).Body }).Should().Be(new RefusalAnswer(AnswerCode.RequestIdReused));
        Customers().Should().BeEmpty();
    }

    [Test]
    public void Whoever_guesses_an_id_cannot_take_it_or_spend_its_sequences()
    {
        var guesser = new User(1) { Key = new UserKey(6, 6) };
        UserRequest guessed = guesser.Details();
        _shop.Do(guessed, PostcodeVerdict.Invalid).Code.Should().Be(AnswerCode.InvalidPostcode);

        _shop.Do(_ada.Details()).Code.Should().Be(AnswerCode.Details);

        AssertAnsweredAgain(guessed, new RefusalAnswer(AnswerCode.InvalidPostcode));
        UserRequest next = guesser.Order(("apple", 1));
        AssertAnsweredAgain(next, Unknown);
        AssertAnsweredAgain(next, Unknown);
    }

    [Test]
    public void An_owner_without_details_is_no_stranger_once_something_was_done()
    {
        var key = new OwnerKey(1, 2);
        _shop.State.SetOwnerKey(KeyHash.Of(key));
        _shop.Do(_ada.Order(("apple", 1))).Should().Be(Unknown);

        UserRequest restock = _ada.Update(RequestKind.Restock, OwnerBodies.Write(key, new CartLine("apple", 5), CartLine.Write));
        _shop.Do(restock).Code.Should().Be(AnswerCode.Product);

        Customers().Should().ContainSingle();
        Flood(Strangers.KeptMax + 1);
        AssertAnsweredAgain(restock, new ProductAnswer(new Product("apple", 20, new Pence(199))));
        _shop.StockOf("apple").Should().Be(20);
    }

    [Test]
    public void A_flood_of_strangers_is_forgotten_in_the_order_of_the_log_and_leaves_no_customer()
    {
        UserRequest order = _ada.Order(("apple", 1));
        _shop.Do(order);
        var backup = ShopDriver.Transfer(_shop.State);
        Flood(Strangers.KeptMax - 1, backup);
        AssertAnsweredAgain(order, Unknown);
        ShopState newcomer = ShopDriver.Transfer(_shop.State);

        Flood(3, backup, newcomer);

        var state = new RecordedTables();
        _shop.State.WriteTo(state);
        state.Refusals.Should().HaveCount(Strangers.KeptMax).And.NotContain(r => r.User == _ada.Id);
        state.Refusals[0].Number.Should().Be(4);
        state.Customers.Should().BeEmpty();
        state.Answered.Should().BeEmpty();
        backup.Digest().Should().Be(_shop.State.Digest());
        newcomer.Digest().Should().Be(_shop.State.Digest());
        _shop.Do(order).Should().Be(Unknown);
        _shop.Result.Should().Be(ExecutionResult.Entry, "nothing is known of a stranger who was forgotten");
    }

    /// <summary>Half of them with details that are refused, half with orders.</summary>
    private void Flood(int strangers, params ShopState[] backups)
    {
        for (int i = 0; i < strangers; i++)
        {
            var stranger = new User(1_000 + _flooded++);
            _shop.Do(i % 2 == 0 ? stranger.Details() : stranger.Order(("apple", 1)), PostcodeVerdict.Invalid);
            foreach (ShopState backup in backups)
                EffectReader.ApplyTo(backup, new ReadOnlySequence<byte>(_shop.Entry));
        }
    }

    private List<UserId> Customers()
    {
        var state = new RecordedTables();
        _shop.State.WriteTo(state);
        return state.Customers;
    }

    private void AssertAnsweredAgain(UserRequest request, Answer answer)
    {
        _shop.Do(request).Should().Be(answer);
        _shop.Result.Should().Be(ExecutionResult.Answered);
        _shop.Entry.Should().BeEmpty();
    }
}
