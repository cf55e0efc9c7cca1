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

    [TestCase("0.95", true)]
    [TestCase("9.95", true, Description = "five times as much")]
    [TestCase("9.96", false)]
    [TestCase("0", false)]
    public async Task A_price_that_looks_mistyped_has_to_be_confirmed(string price, bool isTaken)
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Pence.TryParse(price, out Pence pence).Should().BeTrue();
        Script(fixture, RequestKind.SetPrice, new ProductAnswer(new Product("apple", 15, pence)), 2);
        (int code, string shown, string error) = await RunAsync(fixture, "price", "apple", price);
        if (isTaken)
            (code, shown, error).Should().Be((0, $"apple: £1.99 → {pence}, 15 in stock.\n", ""));
        else
            (code, shown, error).Should().Be((1, "", $"apple: £1.99 → {pence} looks mistyped, and was not changed. If it is meant, say --yes.\n"));
        fixture.World.Count(RequestKind.SetPrice).Should().Be(isTaken ? 1 : 0);
        (await RunAsync(fixture, "price", "apple", price, "--yes")).Code.Should().Be(0);
    }

    [Test]
    public async Task A_report_separates_thousands_and_knows_yesterday()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Script(fixture, RequestKind.ShopReport,
            new ShopReportAnswer(new(1), false, 1_234, 0, 0, new Pence(123_456_789), Pence.Zero, new Pence(1_000), [new("apple", 4_321, new Pence(100_000))]), 1);
        string shown = (await RunAsync(fixture, "report", "--since", "yesterday")).Out;
        shown.Should().StartWith("1,234 orders since ").And.Contain("Takings £1,234,567.89").And.Contain("£10.00 for deliveries").And.Contain("4,321  £1,000.00");
        ReadSent(fixture.World.Received.Single(), ShopReportQuery.Read).Since.Should().Be(new DateTimeOffset(DateTime.Today.AddDays(-1)).ToUnixTimeSeconds());
    }
}
