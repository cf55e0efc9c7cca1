using System.Runtime.Versioning;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>What is typed again after "unknown" is the same request, and what can't be noted is told as it is.</summary>
public sealed class RetypedUpdateTests
{
    private static readonly OrderDraft TwoApples = new([new("apple", 2)], Delivery.SameDay, Pence.Zero, null);

    [Test]
    public async Task The_same_order_typed_again_is_the_one_that_waits()
    {
        await using ShopFixture fixture = await InFlightAsync();

        var placed = (OrderAnswer)await fixture.NewClient().PlaceAsync(TwoApples, default);

        placed.Order.OrderId.Should().Be(1);
        fixture.World.Orders.Should().HaveCount(1);
        fixture.Notices.Waited.Should().ContainSingle().Which.Words.Should().Be("order of 2 × apple");
        fixture.Notices.Came.Should().BeEmpty();
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();
        ((OrderAnswer)await fixture.NewClient().PlaceAsync(TwoApples, default)).Order.OrderId.Should().Be(2, "nothing waits any more");
    }

    [Test]
    public async Task The_same_order_confirmed_at_another_price_is_the_one_that_waits_too()
    {
        await using ShopFixture fixture = await InFlightAsync();

        await fixture.NewClient().PlaceAsync(TwoApples with { ConfirmedTotal = new Pence(999) }, default);

        fixture.World.Orders.Should().HaveCount(1);
        fixture.Notices.Waited.Should().ContainSingle();
    }

    [Test]
    public async Task The_same_cart_for_another_day_or_with_another_tip_is_another_order([Values] bool otherTip)
    {
        await using ShopFixture fixture = await InFlightAsync();

        await fixture.NewClient().PlaceAsync(otherTip ? TwoApples with { Tip = new Pence(50) } : TwoApples with { Delivery = Delivery.NextDay }, default);

        fixture.World.Orders.Should().HaveCount(2);
        fixture.Notices.Came.Should().ContainSingle();
    }

    [Test]
    public async Task Again_settles_the_one_that_waits_and_places_another()
    {
        await using ShopFixture fixture = await InFlightAsync();

        var placed = (OrderAnswer)await fixture.NewClient().PlaceAsync(TwoApples, default, isAgain: true);

        placed.Order.OrderId.Should().Be(2);
        fixture.Notices.Came.Should().ContainSingle();
        fixture.Notices.Waited.Should().BeEmpty();
    }

    [Test]
    public async Task A_refusal_of_the_one_that_waits_is_its_outcome_and_nothing_else_is_tried()
    {
        await using ShopFixture fixture = await InFlightAsync();
        fixture.World.Script(RequestKind.PlaceOrder, new RefusalAnswer(AnswerCode.LowStock, Product: "apple", Left: 1));

        (await fixture.NewClient().PlaceAsync(TwoApples, default)).Should().BeOfType<RefusalAnswer>();

        fixture.World.Count(RequestKind.PlaceOrder).Should().Be(1);
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public async Task An_answer_that_cannot_be_noted_stands_and_is_asked_for_again()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await fixture.NewClient().ProductsAsync(default);
        fixture.World.Details = new CustomerDetails("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
        string blocker = fixture.ProfilePath + ".tmp";
        fixture.World.Before[RequestKind.PlaceOrder] = () => Directory.CreateDirectory(blocker);

        (await fixture.NewClient().PlaceAsync(TwoApples, default)).Should().BeOfType<OrderAnswer>();

        fixture.Notices.Unsaved.Should().ContainSingle().Which.Should().Contain(fixture.ProfilePath);
        Directory.Delete(blocker);
        fixture.World.Before.Remove(RequestKind.PlaceOrder);
        (await fixture.NewClient().Client.ResumeAsync(default))!.Value.Answer.Should().BeOfType<OrderAnswer>();
        fixture.World.Orders.Should().HaveCount(1);
    }

    [Test]
    public async Task An_update_that_was_not_sent_and_cannot_be_forgotten_is_unknown_because_it_will_be_asked_again()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await fixture.NewClient().ProductsAsync(default);
        string blocker = fixture.ProfilePath + ".tmp";
        fixture.FrontEnd.OnRequest = () => Directory.CreateDirectory(blocker);
        fixture.FrontEnd.Faults.Enqueue(Fault.OverloadedNotSent);

        UnavailableException error = (await fixture.NewClient(new RetryPolicy(0, 0)).Awaiting(s => s.PlaceAsync(TwoApples, default))
            .Should().ThrowAsync<UnavailableException>()).Which;

        error.ExitCode.Should().Be(ExitCode.OutcomeUnknown);
        error.RequestId.Should().Be((await fixture.ProfileAsync()).InFlight!.RequestId);
    }

    /// <summary>As a killed CLI leaves it: done by the shop, never answered.</summary>
    private static async Task<ShopFixture> InFlightAsync()
    {
        ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = new CustomerDetails("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
        for (int i = 0; i < 2; i++)
            fixture.FrontEnd.Faults.Enqueue(Fault.CloseBefore);
        await fixture.NewClient(new RetryPolicy(0, 0), notices: new RecordedNotices()).Awaiting(s => s.PlaceAsync(TwoApples, default))
            .Should().ThrowAsync<UnavailableException>();
        return fixture;
    }
}
