using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary><c>--front-end H:P,H:P</c>: the shop is found without a name server.</summary>
public sealed class NamedFrontEndsTests
{
    private static readonly Endpoint Nobody = new("127.0.0.1", 1);

    [Test]
    public async Task No_name_server_is_asked_and_a_dead_front_end_is_passed_over()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync(frontEnds: 2);
        Endpoint alive = fixture.FrontEnds[1].Endpoint;

        (await ClientOf(fixture, Nobody, alive).ProductsAsync(default)).Should().BeOfType<ProductsAnswer>();

        fixture.FrontEnd.Connections.Should().Be(0, "it is not named");
        fixture.FrontEnds[1].Seen.Should().HaveCount(1);
        await ClientOf(fixture, alive).ProductsAsync(default);
        fixture.FrontEnds[1].Connections.Should().Be(2, "and is asked for products only, once by each");
        (await fixture.ProfileAsync()).Shops.Select(s => s.At).Should().Equal(new ShopAddress(alive, "JH_orders"), new ShopAddress(Nobody, "JH_orders"));
    }

    [Test]
    public async Task Another_shop_there_gets_nothing_until_the_user_says_so()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync(frontEnds: 2);
        Endpoint frontEnd = fixture.FrontEnds[1].Endpoint;
        await ClientOf(fixture, frontEnd).ProductsAsync(default);
        fixture.FrontEnds[1].Cluster = new ClusterId(0xBAD);

        UnavailableException error = (await ClientOf(fixture, frontEnd).Awaiting(s => s.ProductsAsync(default)).Should().ThrowAsync<UnavailableException>()).Which;

        (error.ExitCode, error.Error).Should().Be((ExitCode.Refused, "OtherShop"));
        error.Message.Should().Contain($"{frontEnd}").And.Contain("--switch-shop");
        fixture.FrontEnds[1].Seen.Should().HaveCount(1);
    }

    [Test]
    public async Task An_update_begun_by_way_of_the_name_server_is_resumed_at_a_named_front_end_of_the_same_shop()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = new CustomerDetails("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
        fixture.FrontEnd.Faults.Enqueue(Fault.CloseAfter);
        fixture.FrontEnd.Faults.Enqueue(Fault.CloseBefore);
        var order = new OrderDraft([new("apple", 2)], Delivery.SameDay, Pence.Zero, null);
        await fixture.NewClient(new RetryPolicy(0, 0), notices: new RecordedNotices()).Awaiting(s => s.PlaceAsync(order, default)).Should().ThrowAsync<UnavailableException>();

        (await ClientOf(fixture, fixture.FrontEnd.Endpoint).Client.ResumeAsync(default))!.Value.Answer.Should().BeOfType<OrderAnswer>();

        fixture.World.Orders.Should().HaveCount(1);
    }

    private static Shop ClientOf(ShopFixture fixture, params Endpoint[] named) =>
        fixture.NewClient(at: new ShopAddress(named[0], "JH_orders"), named: named, notices: new RecordedNotices());
}
