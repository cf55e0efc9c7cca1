using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

/// <summary>Of the customers who have never ordered only some are kept: those who did something last.</summary>
internal sealed class ForgettingGuests
{
    private static readonly RefusalAnswer Unknown = new(AnswerCode.UnknownUser);

    private ShopDriver _shop = null!;
    private User _ada = null!, _ben = null!;
    private UserRequest _adasDetails;

    [SetUp]
    public void Keep_two()
    {
        _shop = new ShopDriver();
        _shop.State.Limits = ShopLimits.Usual with { GuestsMax = 2 };
        (_ada, _ben) = (new User(1), new User(2));
        _adasDetails = _ada.Details();
        _shop.Do(_adasDetails);
        _shop.Do(_ben.Details());
    }

    [Test]
    public void The_one_makes_room_whose_last_update_lies_furthest_back_in_the_log()
    {
        Customers().Should().BeEquivalentTo([_ada.Id, _ben.Id]);
        _shop.Do(_ada.Cancel(1)).Should().Be(new RefusalAnswer(AnswerCode.UnknownOrder), "a refusal is an update too");

        _shop.Do(new User(3).Details());
        Customers().Should().BeEquivalentTo([_ada.Id, new UserId(3)]);
        _shop.Do(new User(4).Details());
        Customers().Should().BeEquivalentTo([new UserId(3), new UserId(4)]);
    }

    [Test]
    public void Who_has_ordered_stays_even_if_the_order_was_cancelled()
    {
        _shop.Do(_ada.Order(("apple", 1)));
        _shop.Do(_ada.Cancel(1));
        Flood(10);
        Customers().Should().Contain(_ada.Id).And.NotContain(_ben.Id).And.HaveCount(3);
    }

    [Test]
    public void The_owner_stays_with_and_without_details()
    {
        var key = new OwnerKey(1, 2);
        _shop.State.SetOwnerKey(KeyHash.Of(key));
        UserRequest restock = Restock(_ada, key), other = Restock(new User(3), key);
        _shop.Do(restock).Code.Should().Be(AnswerCode.Product);
        _shop.Do(other).Code.Should().Be(AnswerCode.Product);
        _shop.Do(Restock(_ben, new OwnerKey(7, 7))).Should().Be(new RefusalAnswer(AnswerCode.NotOwner));

        Flood(10);
        Customers().Should().Contain([_ada.Id, new UserId(3)]).And.NotContain(_ben.Id);
        _shop.Do(restock).Code.Should().Be(AnswerCode.Product);
        _shop.Result.Should().Be(ExecutionResult.Answered, "its late copy is not done again");
    }

    [Test]
    public void A_late_copy_gets_the_first_answer_and_the_next_order_asks_for_the_details_again()
    {
        Flood(2);
        _shop.Do(_adasDetails).Code.Should().Be(AnswerCode.Details);
        _shop.Result.Should().Be(ExecutionResult.Answered);
        Customers().Should().NotContain(_ada.Id);
        _shop.Do(_ada.ViewDetails()).Should().Be(Unknown);

        UserRequest order = _ada.Order(("apple", 1));
        _shop.Do(order).Should().Be(Unknown);
        _shop.Do(_ada.Details()).Code.Should().Be(AnswerCode.Details);
        _shop.Do(order).Should().Be(Unknown, "it stays refused");
        _shop.Do(_ada.Order(("apple", 1))).Code.Should().Be(AnswerCode.Order);
        _shop.StockOf("apple").Should().Be(14);
    }

    [Test]
    public void What_was_refused_to_a_wrong_key_stays_refused_when_the_guest_is_forgotten()
    {
        var guesser = new User(1) { Key = new UserKey(6, 6) };
        UserRequest guessed = guesser.Details();
        _shop.Do(guessed).Should().Be(Unknown);
        _shop.Result.Should().Be(ExecutionResult.Entry);

        Flood(2);
        _shop.Do(guessed).Should().Be(Unknown);
        _shop.Result.Should().Be(ExecutionResult.Answered);
        _shop.Do(_ada.Details()).Code.Should().Be(AnswerCode.Details);
    }

    [Test]
    public void A_lowered_limit_is_reached_two_at_a_time()
    {
        _shop.State.Limits = ShopLimits.Usual;
        Flood(8);
        _shop.State.Limits = ShopLimits.Usual with { GuestsMax = 5 };
        Flood(1);
        Customers().Should().HaveCount(9);
        Flood(4);
        Customers().Should().HaveCount(5);
        Flood(1);
        Customers().Should().HaveCount(5);
    }

    [Test]
    public void Customers_of_a_version_that_did_not_number_them_stay()
    {
        _shop.State.SetCustomer(new UserId(90), KeyHash.Of(new UserKey(90, 77)), ShopDriver.Ada);
        Flood(10);
        Customers().Should().Contain(new UserId(90));
    }

    [Test]
    public void A_newcomer_of_a_state_transfer_forgets_the_same_ones()
    {
        _shop.Do(_ada.Cancel(1));
        ShopState newcomer = ShopDriver.Transfer(_shop.State);
        newcomer.Limits = _shop.State.Limits;
        UserRequest details = new User(3).Details();
        Execution there = newcomer.Execute(details, PostcodeVerdict.Valid, ShopDriver.PlacedAt);
        _shop.Do(details);
        there.Effects.ToArray().Should().Equal(_shop.Entry);
        EffectReader.ApplyTo(newcomer, new ReadOnlySequence<byte>(_shop.Entry));
        newcomer.Digest().Should().Be(_shop.State.Digest());
        EffectReader.ApplyTo(newcomer, new ReadOnlySequence<byte>(_shop.Entry));
        newcomer.Digest().Should().Be(_shop.State.Digest(), "twice in a row is once");
    }

    private static UserRequest Restock(User user, OwnerKey key) =>
        user.Update(RequestKind.Restock, OwnerBodies.Write(key, new CartLine("apple", 1), CartLine.Write));

    private void Flood(int newcomers)
    {
        for (int i = 0; i < newcomers; i++)
            _shop.Do(new User(1_000 + _flooded++).Details());
    }

    private ulong _flooded;

    private List<UserId> Customers()
    {
        var state = new RecordedTables();
        _shop.State.WriteTo(state);
        return state.Customers;
    }
}
