using FluentAssertions;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Menus;
using JustHungry.UserCli.Menus.OnTerminal;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli.OnTerminal;

/// <summary>Second thoughts at a terminal: the cart is changed, esc goes back, and the last question can be answered with no.</summary>
internal sealed class GoingBackTests
{
    private const ConsoleKey Enter = ConsoleKey.Enter;
    private const ConsoleKey Down = ConsoleKey.DownArrow;
    private const ConsoleKey Up = ConsoleKey.UpArrow;
    private const ConsoleKey End = ConsoleKey.End;
    private const ConsoleKey Esc = ConsoleKey.Escape;

    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
    private static readonly object[] TwoApples = [Enter, Enter, Enter, "2", Enter];
    private static readonly object[] CheckOut = [End, Up, Enter];
    private static readonly object[] Quit = [End, Enter];

    [Test]
    public async Task A_quantity_sets_and_0_takes_the_product_out()
    {
        (FakeShop world, string shown) = await RunAsync(
            [.. TwoApples, "b", Enter, "3", Enter, "a", Enter, "5", Enter, "b", Enter, "0", Enter, .. CheckOut, Enter, Down, Enter, Enter, .. Quit]);
        world.Orders.Should().ContainSingle().Which.Lines.Should().Equal(new OrderLine("apple", 5, new(199)));
        shown.Should().Contain("enter changes the 2 in your cart, 0 takes them out");
    }

    [Test]
    public async Task Where_too_few_are_left_those_can_be_taken_instead()
    {
        (FakeShop world, string shown) = await RunAsync([Enter, Enter, "b", "b", Enter, "9", Enter, Enter, .. CheckOut, Enter, Down, Enter, Enter, .. Quit]);
        world.Orders.Should().ContainSingle().Which.Lines.Should().Equal(new OrderLine("bread", 4, new(225)));
        shown.Should().ContainInOrder("Only 4 of bread left", "Take 4 instead? take 4 instead");
    }

    [Test]
    public async Task Esc_goes_back_from_the_last_question_to_the_shelf_and_forward_again()
    {
        (FakeShop world, string shown) = await RunAsync(
        [
            .. TwoApples, .. CheckOut, Enter, Down, Enter, // two hours, no tip, and at the last question:
            Esc, Esc, Esc, // to the tip, the delivery, the shelf
            "a", Enter, "1", Enter, .. CheckOut, End, Enter, Enter, "1", Enter, Enter, .. Quit,
        ]);
        Order order = world.Orders.Should().ContainSingle().Subject;
        (order.Delivery, order.Tip, order.Total).Should().Be((Delivery.NextDay, new Pence(100), new Pence(299)));
        shown.Should().ContainInOrder("Place this order for £6.98? [Y/n]", "Place this order for £2.99? [Y/n]", "Order 1 is placed");
    }

    [Test]
    public async Task No_to_the_last_question_orders_nothing()
    {
        (FakeShop world, string shown) = await RunAsync([.. TwoApples, .. CheckOut, Enter, Down, Enter, "n", .. Quit]);
        world.Orders.Should().BeEmpty();
        shown.Should().ContainInOrder("Place this order for £6.98? [Y/n] no", "Nothing was ordered.", "Goodbye.");
    }

    [Test]
    public async Task Esc_leaves_lists_and_the_details_for_the_menu_and_never_the_menu_itself()
    {
        (FakeShop world, string shown) = await RunAsync([Esc, Enter, Esc, Enter, Enter, Esc, "c", Enter, .. Quit]);
        world.Orders.Should().BeEmpty();
        shown.Should().ContainInOrder("This is the main menu", "Nothing was ordered.", "Nothing was ordered.", "You have no active orders.", "Goodbye.");
    }

    [Test]
    public async Task Esc_goes_to_the_detail_before()
    {
        (FakeShop world, _) = await RunAsync([Enter, "Ada", Enter, "Kong", Enter, Esc, ConsoleKey.Backspace, ConsoleKey.Backspace, ConsoleKey.Backspace, "ing", Enter,
            "020 7946", Enter, "SW1A 1AA", Enter, "12 St James's Square", Enter, Esc, .. Quit], ada: false);
        world.Details.Should().Be(Ada);
    }

    private static async Task<(FakeShop World, string Shown)> RunAsync(object[] keys, bool ada = true)
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = ada ? Ada : null;
        using var console = new KeyByKeyConsole();
        console.Type(keys);
        var screen = new SpectreScreen(console, TimeProvider.System);
        try
        {
            await new MenuSession(fixture.NewClient(notices: screen), screen).RunAsync(default);
        }
        finally
        {
            screen.Close();
        }

        return (fixture.World, console.Output);
    }
}
