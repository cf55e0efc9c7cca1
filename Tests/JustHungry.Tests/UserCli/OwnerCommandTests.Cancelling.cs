using FluentAssertions;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

public sealed partial class OwnerCommandTests
{
    [Test]
    public async Task Cancel_for_a_customer()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Script(RequestKind.CancelForUser, new OrderAnswer(OrderOf(AdasId, 1, 1).Order with { Status = OrderStatus.Cancelled }));
        (await RunAsync(fixture, "cancel", AdasId.ToString(), "1")).Should().Be((0, "Order 1 is cancelled; its items are in stock again. Tell the customer.\n", ""));
        ReadSent(fixture.World.Received.Single(), OrderOfUser.Read).Should().Be(new OrderOfUser(AdasId, 1));
    }
}
