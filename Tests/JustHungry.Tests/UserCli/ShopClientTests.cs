using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

public sealed class ShopClientTests
{
    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
    private static readonly OrderDraft TwoApples = new([new("apple", 2)], Delivery.SameDay, Pence.Zero, null);
    private static readonly RetryPolicy Twice = new(Retries: 2, IntervalMs: 1_000);

    [Test]
    public async Task An_update_is_on_disk_before_it_is_sent_and_cleared_with_its_answer()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Profile? atArrival = null;
        fixture.World.Details = Ada;
        fixture.World.Before[RequestKind.PlaceOrder] = () => atArrival = ProfileJson.Read(File.ReadAllBytes(fixture.ProfilePath));

        (await fixture.NewClient().PlaceAsync(TwoApples, default)).Should().BeOfType<OrderAnswer>();

        UserRequest sent = fixture.World.Received.Single();
        atArrival!.InFlight!.RequestId.Should().Be(sent.RequestId);
        atArrival.InFlight.Sequence.Should().Be(sent.Sequence).And.Be(new Sequence(1));
        atArrival.NextSequence.Should().Be(new Sequence(2));
        sent.User.Should().Be(atArrival.User);
        sent.Key.Should().Be(atArrival.Key);
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();
    }

    [Test]
    public async Task Sequences_rise_by_one_and_every_update_has_an_id_of_its_own()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Shop shop = fixture.NewClient();
        await shop.SaveDetailsAsync(Ada, default);
        await shop.PlaceAsync(TwoApples, default);
        await fixture.NewClient().CancelOrderAsync(1, default);
        await shop.ProductsAsync(default);
        fixture.World.Received.Select(r => r.Sequence.Value).Should().Equal(1UL, 2UL, 3UL, 0UL);
        fixture.World.Received.Take(3).Select(r => r.RequestId).Should().OnlyHaveUniqueItems().And.NotContain(RequestId.None);
        fixture.World.Received[3].RequestId.Should().Be(RequestId.None);
        (await fixture.ProfileAsync()).Details.Should().Be(Ada);
    }

    [TestCase(nameof(Fault.CloseBefore))]
    [TestCase(nameof(Fault.CloseAfter))]
    [TestCase(nameof(Fault.Silence))]
    [TestCase(nameof(Fault.Overloaded))]
    [TestCase(nameof(Fault.TooFewReplicasNotSent))]
    public async Task Whatever_happens_to_the_first_try_the_order_is_placed_once_under_the_same_ids(string fault)
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.FrontEnd.Faults.Enqueue(Enum.Parse<Fault>(fault));

        var placed = (OrderAnswer)await fixture.NewClient().PlaceAsync(TwoApples, default);

        placed.Order.OrderId.Should().Be(1);
        fixture.World.Orders.Should().HaveCount(1);
        fixture.FrontEnd.Seen.Should().HaveCount(2).And.OnlyContain(id => id == fixture.FrontEnd.Seen.First());
        fixture.Notices.Tries.Should().HaveCount(1);
        fixture.Notices.Recoveries.Should().Be(1);
    }

    [Test]
    public async Task A_lost_connection_moves_to_the_next_front_end_at_once_and_stays_there()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync(frontEnds: 2);
        Shop shop = fixture.NewClient();
        await shop.ProductsAsync(default);
        int first = fixture.FrontEnds.FindIndex(f => !f.Seen.IsEmpty);
        FakeFrontEnd used = fixture.FrontEnds[first], other = fixture.FrontEnds[1 - first];
        other.Seen.Should().BeEmpty();

        used.Faults.Enqueue(Fault.CloseBefore);
        await shop.ProductsAsync(default);
        await shop.ProductsAsync(default);
        used.Seen.Should().HaveCount(2);
        other.Seen.Should().HaveCount(2);
        fixture.Notices.Tries.Should().Equal((AttemptFailure.ConnectionLost, 0));
    }

    [Test]
    public async Task A_connection_closed_while_idle_is_opened_again_without_a_word()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Shop shop = fixture.NewClient();
        fixture.FrontEnd.ClosesAfterAnswer = true;
        await shop.ProductsAsync(default);
        await Eventually.True(() => !shop.Client.IsConnected);

        await shop.ProductsAsync(default);
        fixture.World.Count(RequestKind.ProductList).Should().Be(2);
        fixture.Notices.Tries.Should().BeEmpty();
    }

    [Test]
    public async Task While_the_name_server_is_away_the_front_ends_of_the_last_run_are_used()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync(frontEnds: 2);
        fixture.FrontEnd.Listed = [fixture.FrontEnds[1].Endpoint];
        await fixture.NewClient().ProductsAsync(default);
        (await fixture.ProfileAsync()).Shops.Single().FrontEnds.Should().Equal(fixture.FrontEnds[1].Endpoint);

        await fixture.FrontEnd.DisposeAsync(); // the name server
        (await fixture.NewClient().ProductsAsync(default)).Should().BeOfType<ProductsAnswer>();
        fixture.Notices.Tries.Should().BeEmpty();
        fixture.FrontEnds.RemoveAt(0);
    }

    [Test]
    public async Task An_update_that_no_replica_has_seen_ends_as_unavailable_and_is_forgotten()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        for (int i = 0; i < 3; i++)
            fixture.FrontEnd.Faults.Enqueue(Fault.OverloadedNotSent);

        Shop shop = fixture.NewClient(Twice);
        UnavailableException error = (await shop.Awaiting(s => s.PlaceAsync(TwoApples, default)).Should().ThrowAsync<UnavailableException>()).Which;

        error.ExitCode.Should().Be(ExitCode.Unavailable);
        error.RequestId.Should().Be(fixture.FrontEnd.Seen.First());
        fixture.Notices.Tries.Should().Equal((AttemptFailure.Overloaded, 1), (AttemptFailure.Overloaded, 2));
        Profile profile = await fixture.ProfileAsync();
        profile.InFlight.Should().BeNull();
        profile.NextSequence.Should().Be(new Sequence(2), "its sequence stays used");
    }

    [Test]
    public async Task An_update_that_may_have_been_seen_stays_in_flight_and_a_later_run_learns_what_came_of_it()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        foreach (Fault fault in new[] { Fault.CloseAfter, Fault.OverloadedNotSent, Fault.OverloadedNotSent, Fault.OverloadedNotSent })
            fixture.FrontEnd.Faults.Enqueue(fault);

        Shop shop = fixture.NewClient(Twice);
        UnavailableException error = (await shop.Awaiting(s => s.PlaceAsync(TwoApples, default)).Should().ThrowAsync<UnavailableException>()).Which;
        error.ExitCode.Should().Be(ExitCode.OutcomeUnknown);
        (await fixture.ProfileAsync()).InFlight!.RequestId.Should().Be(error.RequestId);

        (UpdateInFlight update, Answer answer) = (await fixture.NewClient().Client.ResumeAsync(default))!.Value;
        update.RequestId.Should().Be(error.RequestId);
        update.Words.Should().Be("order of 2 × apple");
        ((OrderAnswer)answer).Order.OrderId.Should().Be(1);
        fixture.World.Orders.Should().HaveCount(1);
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();
        (await fixture.NewClient().Client.ResumeAsync(default)).Should().BeNull();
    }

    [Test]
    public async Task A_resumed_update_that_is_not_answered_again_stays_in_flight_even_if_this_run_sent_nothing()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await LeaveInFlightAsync(fixture);
        fixture.FrontEnd.RefusesHellos = true;

        UnavailableException error = (await fixture.NewClient(Twice).Client.Awaiting(c => c.ResumeAsync(default)).Should().ThrowAsync<UnavailableException>()).Which;
        error.ExitCode.Should().Be(ExitCode.OutcomeUnknown);
        (await fixture.ProfileAsync()).InFlight.Should().NotBeNull();
    }

    [Test]
    public async Task The_next_update_asks_for_the_one_in_flight_first()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        await LeaveInFlightAsync(fixture);
        RequestId earlier = (await fixture.ProfileAsync()).InFlight!.RequestId;

        var next = (OrderAnswer)await fixture.NewClient().PlaceAsync(TwoApples with { Delivery = Delivery.NextDay }, default);

        next.Order.OrderId.Should().Be(2);
        fixture.World.Received.Select(r => r.Sequence.Value).Should().Equal(1UL, 2UL);
        fixture.World.Received[0].RequestId.Should().Be(earlier);
        fixture.Notices.Came.Should().ContainSingle().Which.Answer.Should().BeOfType<OrderAnswer>();
    }

    [Test]
    public async Task Expired_clears_the_update_without_saying_that_it_was_not_done()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await LeaveInFlightAsync(fixture);
        fixture.World.Script(RequestKind.PlaceOrder, new RefusalAnswer(AnswerCode.Expired));

        (UpdateInFlight update, Answer answer) = (await fixture.NewClient().Client.ResumeAsync(default))!.Value;
        JustHungry.UserCli.Text.Sentences.CameOf(update, answer).Should().Contain("order history").And.NotContain("not done");
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();
    }

    [Test]
    public async Task An_update_in_flight_never_goes_to_another_shop()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await LeaveInFlightAsync(fixture);
        await using FakeFrontEnd otherShop = await FakeFrontEnd.StartAsync(new FakeShop(), "other");
        fixture.FrontEnd.Listed = [otherShop.Endpoint];

        UnavailableException error = (await fixture.NewClient(group: "other").Awaiting(s => s.PlaceAsync(TwoApples, default)).Should().ThrowAsync<UnavailableException>()).Which;
        error.ExitCode.Should().Be(ExitCode.OutcomeUnknown);
        error.Message.Should().Contain("--group JH_orders");
        otherShop.Seen.Should().BeEmpty();
        (await fixture.ProfileAsync()).InFlight.Should().NotBeNull();
    }

    [Test]
    public async Task Interrupted_before_the_answer_the_outcome_is_unknown()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.FrontEnd.Faults.Enqueue(Fault.Silence);
        using var interrupt = new CancellationTokenSource();
        Task<Answer> placing = fixture.NewClient(time: TimeProvider.System).PlaceAsync(TwoApples, interrupt.Token);
        await Eventually.True(() => fixture.FrontEnd.Seen.Count == 1);
        await interrupt.CancelAsync();

        UnavailableException error = (await placing.Awaiting(p => p).Should().ThrowAsync<UnavailableException>()).Which;
        error.ExitCode.Should().Be(ExitCode.OutcomeUnknown);
        (await fixture.ProfileAsync()).InFlight.Should().NotBeNull();
    }

    [Test]
    public async Task Interrupted_before_anything_was_sent_nothing_stays_in_flight()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.FrontEnd.RefusesHellos = true;
        using var interrupt = new CancellationTokenSource();
        Task<Answer> placing = fixture.NewClient(time: TimeProvider.System).PlaceAsync(TwoApples, interrupt.Token);
        await Eventually.True(() => fixture.Notices.Tries.Count == 2);
        await interrupt.CancelAsync();

        await placing.Awaiting(p => p).Should().ThrowAsync<OperationCanceledException>();
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();
    }

    [Test]
    public async Task Two_clients_of_one_profile_never_use_a_sequence_twice()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        Task<Answer>[] placing =
            [.. Enumerable.Range(0, 6).Select(_ => fixture.NewClient(time: TimeProvider.System)).Select(s => s.PlaceAsync(new([new("banana", 1)], Delivery.NextDay, Pence.Zero, null), default))];
        (await Task.WhenAll(placing)).Should().AllBeOfType<OrderAnswer>();
        fixture.World.Received.Select(r => r.Sequence.Value).Should().BeEquivalentTo(new ulong[] { 1, 2, 3, 4, 5, 6 });
    }

    [Test]
    public async Task Reading_needs_no_lock()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await fixture.ProfileAsync();
        using LockedProfile held = await new ProfileFile(fixture.ProfilePath, TimeProvider.System).LockAsync(default);
        (await fixture.NewClient().ProductsAsync(default)).Should().BeOfType<ProductsAnswer>();
    }

    [Test]
    public async Task All_pages_of_the_orders_are_read_and_an_unknown_user_has_none()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.PageSize = 3;
        fixture.World.Orders.AddRange(Enumerable.Range(1, 8).Select(i => new Order(i, i % 2 == 0 ? OrderStatus.Active : OrderStatus.Cancelled, Delivery.NextDay, default, default, [], 0)));
        Shop shop = fixture.NewClient();
        ((OrdersAnswer)await shop.OrdersAsync(onlyActive: false, default)).Orders.Select(o => o.OrderId).Should().Equal(1, 2, 3, 4, 5, 6, 7, 8);
        ((OrdersAnswer)await shop.OrdersAsync(onlyActive: true, default)).Orders.Select(o => o.OrderId).Should().Equal(2, 4, 6, 8);
        fixture.World.Script(RequestKind.ViewOrders, new RefusalAnswer(AnswerCode.UnknownUser));
        ((OrdersAnswer)await shop.OrdersAsync(onlyActive: false, default)).Orders.Should().BeEmpty();
    }

    /// <summary>As a killed CLI leaves it: begun, perhaps sent, never answered.</summary>
    private static async Task LeaveInFlightAsync(ShopFixture fixture)
    {
        for (int i = 0; i < 2; i++)
            fixture.FrontEnd.Faults.Enqueue(Fault.CloseBefore);
        await fixture.NewClient(new RetryPolicy(0, 0), notices: new RecordedNotices()).Awaiting(s => s.PlaceAsync(TwoApples, default))
            .Should().ThrowAsync<UnavailableException>();
        (await fixture.ProfileAsync()).InFlight.Should().NotBeNull();
    }
}
