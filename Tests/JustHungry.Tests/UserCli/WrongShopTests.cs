using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>No request goes to another shop than the one it is meant for.</summary>
public sealed class WrongShopTests
{
    private static readonly OrderDraft TwoApples = new([new("apple", 2)], Delivery.SameDay, Pence.Zero, null);
    private static readonly ClusterId Other = new(0xBAD);

    [Test]
    public async Task Front_ends_of_another_name_server_are_never_asked()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await fixture.NewClient().ProductsAsync(default);
        Endpoint nobody = new("127.0.0.1", 1);

        Shop elsewhere = fixture.NewClient(new RetryPolicy(0, 0), at: new ShopAddress(nobody, "JH_orders"));
        UnavailableException error = (await elsewhere.Awaiting(s => s.PlaceAsync(TwoApples, default)).Should().ThrowAsync<UnavailableException>()).Which;

        error.ExitCode.Should().Be(ExitCode.Unavailable);
        error.Message.Should().Contain("127.0.0.1:1");
        fixture.World.Count(RequestKind.PlaceOrder).Should().Be(0);
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();
    }

    [Test]
    public async Task Another_shop_at_the_address_gets_nothing_until_the_user_says_so()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await fixture.NewClient().ProductsAsync(default);
        int asked = fixture.FrontEnd.Seen.Count;
        fixture.FrontEnd.Cluster = Other;

        foreach (Func<Shop, Task<Answer>> ask in (Func<Shop, Task<Answer>>[])[s => s.ProductsAsync(default), s => s.PlaceAsync(TwoApples, default)])
        {
            UnavailableException error = (await fixture.NewClient().Awaiting(ask).Should().ThrowAsync<UnavailableException>()).Which;
            (error.ExitCode, error.Error).Should().Be((ExitCode.Refused, "OtherShop"));
            error.Message.Should().Contain("--switch-shop");
        }

        fixture.FrontEnd.Seen.Should().HaveCount(asked);
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();

        await fixture.NewClient(takesNewShop: true).ProductsAsync(default);
        (await fixture.NewClient().ProductsAsync(default)).Should().BeOfType<ProductsAnswer>("it is the one that is known now");
    }

    [Test]
    public async Task An_update_in_flight_waits_for_its_own_shop()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await LeaveInFlightAsync(fixture);
        int asked = fixture.FrontEnd.Seen.Count;
        fixture.FrontEnd.Cluster = Other;

        UnavailableException error = (await fixture.NewClient().Client.Awaiting(c => c.ResumeAsync(default)).Should().ThrowAsync<UnavailableException>()).Which;

        error.ExitCode.Should().Be(ExitCode.OutcomeUnknown);
        error.Message.Should().Contain("order of 2 × apple").And.Contain("--switch-shop").And.Contain("--forget");
        fixture.FrontEnd.Seen.Should().HaveCount(asked);
        (await fixture.ProfileAsync()).InFlight.Should().NotBeNull();
    }

    [Test]
    public async Task An_update_in_flight_finds_its_shop_under_another_address()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync(frontEnds: 2);
        await LeaveInFlightAsync(fixture);
        fixture.FrontEnds[1].Listed = [fixture.FrontEnds[1].Endpoint];

        Shop moved = fixture.NewClient(at: new ShopAddress(fixture.FrontEnds[1].NameServer, "JH_orders"));
        (await moved.Client.ResumeAsync(default))!.Value.Answer.Should().BeOfType<OrderAnswer>();
        fixture.World.Orders.Should().HaveCount(1);
    }

    [Test]
    public async Task A_front_end_that_has_not_found_its_servers_is_not_taken_for_the_known_shop()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync(frontEnds: 2);
        await fixture.NewClient().ProductsAsync(default);
        int first = fixture.FrontEnds.FindIndex(f => !f.Seen.IsEmpty);
        fixture.FrontEnds[first].Cluster = ClusterId.None;

        (await fixture.NewClient().PlaceAsync(TwoApples, default)).Should().BeAssignableTo<Answer>();

        fixture.FrontEnds[first].Seen.Should().HaveCount(1, "it got no more than the look of before");
        fixture.FrontEnds[1 - first].Seen.Should().HaveCount(1);
    }

    private static async Task LeaveInFlightAsync(ShopFixture fixture)
    {
        fixture.World.Details = new CustomerDetails("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
        foreach (FakeFrontEnd frontEnd in fixture.FrontEnds)
        {
            for (int i = 0; i < 2; i++)
                frontEnd.Faults.Enqueue(Fault.CloseBefore);
        }

        await fixture.NewClient(new RetryPolicy(0, 0), notices: new RecordedNotices()).Awaiting(s => s.PlaceAsync(TwoApples, default)).Should().ThrowAsync<UnavailableException>();
        foreach (FakeFrontEnd frontEnd in fixture.FrontEnds)
            frontEnd.Faults.Clear();
        (await fixture.ProfileAsync()).InFlight!.Cluster.Should().Be(fixture.FrontEnd.Cluster);
    }
}
