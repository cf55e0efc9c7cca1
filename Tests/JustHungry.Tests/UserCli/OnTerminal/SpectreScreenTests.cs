using FluentAssertions;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Menus;
using JustHungry.UserCli.Menus.OnTerminal;
using NUnit.Framework;
using Spectre.Console.Rendering;

namespace JustHungry.Tests.UserCli.OnTerminal;

/// <summary>Whole sessions at a terminal, key by key.</summary>
[Category("Slow")]
public sealed class SpectreScreenTests
{
    private const ConsoleKey Enter = ConsoleKey.Enter;
    private const ConsoleKey Down = ConsoleKey.DownArrow;
    private const ConsoleKey Up = ConsoleKey.UpArrow;
    private const ConsoleKey End = ConsoleKey.End;
    private const ConsoleKey Esc = ConsoleKey.Escape;

    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
    private static readonly object[] Introduction = [Enter, "Ada", Enter, "King", Enter, "020-7946", Enter, "SW1A 1AA", Enter, "12 St James's Square", Enter];
    private static readonly object[] TwoApples = [Enter, "2", Enter];
    private static readonly object[] CheckOut = [End, Up, Enter];
    private static readonly object[] Quit = [End, Enter];

    [TestCase(80, 24)]
    [TestCase(120, 40)]
    public async Task A_first_order_from_the_details_to_the_receipt(int columns, int rows)
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        using var console = new KeyByKeyConsole(columns, rows);
        console.Type(Introduction).Type(TwoApples).Type(Down, Enter, "3", Enter).Type(CheckOut).Type(Down, Enter, Enter, "1.50", Enter, Enter).Type(Quit);
        await RunAsync(fixture, console);

        fixture.World.Details.Should().Be(Ada);
        Order order = fixture.World.Orders.Should().ContainSingle().Subject;
        order.Lines.Should().Equal(new OrderLine("apple", 2, new(199)), new OrderLine("banana", 3, new(55)));
        (order.Delivery, order.Tip, order.Total).Should().Be((Delivery.SameDay, new Pence(150), new Pence(813)));
        console.Output.Should().ContainInOrder(
            "First name: Ada", "Your details are saved.", "Your cart", "When shall we deliver? same day (£1.00)",
            "The total is £8.13", "Place this order for £8.13? [Y/n] yes", "Receipt", "Order 1 is placed: same day, £8.13 in all.", "£3.98", "delivery same day", "£1.50", "total", "£8.13", "Goodbye.");
        ShouldFit(console, columns);
    }

    [Test]
    public async Task What_is_out_of_stock_is_shown_and_passed_over()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        using var console = new KeyByKeyConsole();
        console.Type(Enter, Enter).Type("f", Down, Down, Enter, "1", Enter).Type(CheckOut).Type(Enter, Down, Enter, Enter).Type(Quit);
        await RunAsync(fixture, console);
        fixture.World.Orders.Should().ContainSingle().Which.Lines.Should().Equal(new OrderLine("bread", 1, new(225)));
        Picking(console).Should().NotBeEmpty().And.AllSatisfy(frame => frame.Should().MatchRegex("  flour +out of stock +£4.55"));
    }

    [Test]
    public async Task Nothing_can_be_checked_out_before_something_is_in_the_cart()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        using var console = new KeyByKeyConsole();
        console.Type(Enter, Enter).Type(End, Up).Type(Down, Enter).Type(Quit); // from the last row: up to bread, down past the check-out
        await RunAsync(fixture, console);
        console.Output.Should().ContainInOrder("❯ bread", "❯ Leave without ordering", "Nothing was ordered.");
    }

    [Test]
    public async Task A_full_cart_is_not_lost_by_a_slip_to_the_way_out()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        using var console = new KeyByKeyConsole();
        console.Type(Enter, Enter).Type(TwoApples).Type(End, Enter).Type(Enter).Type(CheckOut).Type(Enter, Down, Enter, Enter).Type(Quit);
        await RunAsync(fixture, console);
        console.Output.Should().ContainInOrder("Leave without ordering? Your cart is emptied.", "❯ no, back to the shelf", "Receipt");
        fixture.World.Orders.Should().ContainSingle().Which.Lines.Should().Equal(new OrderLine("apple", 2, new(199)));
    }

    [Test]
    public async Task The_cart_stays_in_sight_from_the_first_product_to_the_check_out()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        using var console = new KeyByKeyConsole();
        console.Type(Enter, Enter).Type(TwoApples).Type("b", Enter, "x", Enter, ConsoleKey.Backspace, "3", Enter).Type("b", "b", Enter, Esc).Type(End, Enter, Down, Enter).Type(Quit);
        await RunAsync(fixture, console);
        string[] picking = [.. Picking(console)];
        string[] afterApples = [.. picking.SkipWhile(f => !f.Contains("2 × apple", StringComparison.Ordinal))];
        afterApples.Should().HaveCountGreaterThan(8).And.AllSatisfy(frame => frame.Should().MatchRegex("2 × apple +£3.98").And.MatchRegex("total so far +£"));
        afterApples[^1].Should().MatchRegex("3 × banana +£1.65").And.MatchRegex("total so far +£5.63").And.NotContain("bread  ×");
        picking.Should().Contain(f => f.Contains("How many of banana: x", StringComparison.Ordinal) && f.Contains("A quantity is a whole number", StringComparison.Ordinal));
        fixture.World.Orders.Should().BeEmpty();
    }

    [TestCase(60, 20)]
    [TestCase(80, 24)]
    [TestCase(120, 40)]
    public async Task A_long_shelf_and_a_long_cart_fit_the_terminal_with_the_chosen_row_in_sight(int columns, int rows)
    {
        using var console = new KeyByKeyConsole(columns, rows);
        Product[] products = [.. Enumerable.Range(1, 70).Select(i => new Product($"product {i} " + new string('x', i % 3 * 40), 5, new(i)))];
        var cart = new Cart();
        foreach (Product product in products[..60])
            cart.Add(product.Name, 2);
        var screen = new SpectreScreen(console, TimeProvider.System);
        console.Type(Enumerable.Repeat((object)Down, 40).ToArray()).Type(ConsoleKey.PageDown, ConsoleKey.PageUp, Enter, "7", Enter);
        ProductPick pick = await screen.PickProductAsync(products, cart, default);
        pick.Product.Should().Be(products[40]);
        (await screen.AskQuantityAsync(pick.Product, products, cart, default)).Should().Be(7);
        console.Frames.Should().AllSatisfy(frame => frame.Should().Contain("❯ product").And.Contain("total so far"));
        ShouldFit(console, columns);

        // what is higher than the terminal can't be drawn over
        IEnumerable<int> heights = console.Frames.Select(f => f[f.LastIndexOf("  PRODUCT", StringComparison.Ordinal)..].Split('\n').Length + 1);
        heights.Max().Should().BeLessThanOrEqualTo(rows);
    }

    [Test]
    public async Task A_text_is_asked_until_it_is_right_and_what_is_on_file_is_edited_in_place()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada with { Address = "[red]12[/] \e[2J" };
        using var console = new KeyByKeyConsole();
        console.Type(Enter, Down, Enter, Enter).TypeControl(ConsoleKey.U).Type("  ", Enter, "Lovelace", Enter, "x", Enter, ConsoleKey.Backspace, Enter, Enter)
            .TypeControl(ConsoleKey.U).Type("1 High Street", Enter).Type(End, Enter).Type(Quit);
        await RunAsync(fixture, console);
        fixture.World.Details.Should().Be(Ada with { LastName = "Lovelace", Address = "1 High Street" });
        console.Output.Should().Contain("Last name: please type something").And.Contain("digits and hyphens only").And.Contain("[red]12[/]");
    }

    [Test]
    public async Task An_order_is_cancelled_by_choosing_it_and_ordered_again_from_the_review_on()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        object[] order = [Enter, Enter, .. TwoApples, .. CheckOut, Enter, Down, Enter, Enter];
        using var console = new KeyByKeyConsole();
        console.Type(order).Type(order)
            .Type("c", Enter, Down, Enter) // the latest is offered first
            .Type("c", Enter, End, Enter)
            .Type("o", "o", Enter, Down, Enter, Enter, End, Enter, Down, Enter, "y")
            .Type(Quit);
        await RunAsync(fixture, console);
        fixture.World.Orders.Select(o => o.Status).Should().Equal(OrderStatus.Cancelled, OrderStatus.Active, OrderStatus.Active);
        fixture.World.Orders[2].Lines.Should().Equal(fixture.World.Orders[0].Lines);
        fixture.World.Orders[2].Delivery.Should().Be(Delivery.NextDay);
        console.Output.Should().ContainInOrder(
            "Which order would you like to cancel? order 1", "Order 1 is cancelled.", "Which order would you like to cancel? keep them",
            "Which order would you like to order again? order 1", "Your order:", "Order 3 is placed");
    }

    [Test]
    public async Task The_history_is_a_table_with_one_item_a_line()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Orders.Add(new Order(7, OrderStatus.Delivered, Delivery.TwoHours, new(150), new(1_234), [new("apple", 2, new(199)), new("bread", 1, new(225))], 0));
        using var console = new KeyByKeyConsole();
        console.Type(Down, Enter).Type(Quit);
        await RunAsync(fixture, console);
        console.Output.Should().ContainInOrder("Order", "Status", "Total", "7", "Delivered", "2 × apple", "£12.34", "1 × bread", "tip £1.50");
        ShouldFit(console, 80);
    }

    [Test]
    public async Task A_long_history_comes_in_pages_the_newest_first()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        for (int id = 1; id <= 12; id++)
            fixture.World.Orders.Add(new Order(id, OrderStatus.Delivered, Delivery.TwoHours, default, new(id), [new("apple", id, new(1))], 0));
        using var console = new KeyByKeyConsole();
        console.Type(Down, Enter).Type(Enter).Type(Down, Enter).Type(Quit);
        await RunAsync(fixture, console);
        console.Output.Should().ContainInOrder("12 × apple", "8 × apple", "7 older", "❯ show older ones", "7 × apple", "3 × apple", "2 older", "❯ back", "Goodbye.");
        ShouldFit(console, 80);
    }

    [Test]
    public async Task Ctrl_D_leaves_at_every_question_without_an_order_and_with_the_cursor()
    {
        object[] whole = [.. Introduction, .. TwoApples, .. CheckOut, Enter, Enter, "1", Enter];
        for (int keys = 0; keys < whole.Length; keys++)
        {
            await using ShopFixture fixture = await ShopFixture.StartAsync();
            using var console = new KeyByKeyConsole();
            console.Type(whole[..keys]).TypeControl(ConsoleKey.D);
            await fixture.Awaiting(f => RunAsync(f, console)).Should().ThrowAsync<EndOfInputException>();
            fixture.World.Orders.Should().BeEmpty();
            console.HasCursor.Should().BeTrue();
        }
    }

    [Test]
    public async Task Ctrl_C_leaves_a_question_with_the_cursor()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        using var stop = new CancellationTokenSource();
        using var console = new KeyByKeyConsole { OutOfKeys = stop.Cancel };
        console.Type(Enter, Enter).Type(TwoApples);
        await fixture.Awaiting(f => RunAsync(f, console, stop.Token)).Should().ThrowAsync<OperationCanceledException>();
        console.Output.Should().Contain("Nothing was ordered.");
        console.HasCursor.Should().BeTrue();
    }

    [Test]
    public async Task A_failover_in_the_middle_of_an_order_is_a_moving_line_and_the_order_is_placed_once()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.World.Before[RequestKind.OrderCost] = () => fixture.FrontEnd.Faults.Enqueue(Fault.CloseAfter);
        using var console = new KeyByKeyConsole();
        console.Type(Enter, Enter).Type(TwoApples).Type(CheckOut).Type(Enter, Down, Enter, Enter).Type(Quit);
        await RunAsync(fixture, console);
        fixture.World.Orders.Should().HaveCount(1);
        console.Raw.Should().ContainInOrder("The shop is moving to another server…", "\r\e[2K", "Connected again.", "Order 1 is placed");
    }

    [TestCase(nameof(AttemptFailure.NotConnected), false, "The shop can't be reached… try 2 of 5")]
    [TestCase(nameof(AttemptFailure.NotConnected), true, "The shop is moving to another server… try 2 of 5")]
    [TestCase(nameof(AttemptFailure.NoAnswer), true, "The shop is moving to another server… try 2 of 5")]
    [TestCase(nameof(AttemptFailure.TooFewReplicas), true, "Too few servers are running to take orders safely… try 2 of 5")]
    [TestCase(nameof(AttemptFailure.Overloaded), true, "The shop is very busy… try 2 of 5")]
    public async Task While_it_reconnects_the_line_says_why_and_nothing_moves_after_the_end(string failure, bool wasConnected, string sentence)
    {
        using var console = new KeyByKeyConsole();
        var screen = new SpectreScreen(console, TimeProvider.System);
        screen.StillWaiting();
        screen.TryingAgain(new FailedTry(Enum.Parse<AttemptFailure>(failure), wasConnected, 2, 5, "reset"));
        await Eventually.True(() => console.Output.Split(sentence).Length > 3); // it moves
        screen.Close();
        string closed = console.Raw;
        closed.Should().Contain("Waiting for the shop").And.EndWith("\r\e[2K");
        console.HasCursor.Should().BeTrue();
        screen.Say("Goodbye.");
        console.Raw[closed.Length..].Should().StartWith("Goodbye.");
    }

    private static async Task RunAsync(ShopFixture fixture, KeyByKeyConsole console, CancellationToken cancel = default)
    {
        var screen = new SpectreScreen(console, TimeProvider.System);
        try
        {
            await new MenuSession(fixture.NewClient(notices: screen), screen).RunAsync(cancel);
        }
        finally
        {
            screen.Close();
        }
    }

    private static IEnumerable<string> Picking(KeyByKeyConsole console) => console.Frames.Where(f => f.Contains("PRODUCT", StringComparison.Ordinal));

    private static void ShouldFit(KeyByKeyConsole console, int columns) =>
        console.Output.Split('\n').Where(line => new Segment(line.TrimEnd()).CellCount() > columns).Should().BeEmpty();
}
