using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli.OnTerminal;

/// <summary>The real program on a real pseudo-terminal.</summary>
[Category("Slow")]
[Platform("Linux")]
public sealed class TerminalSessionTests
{
    private const string Enter = "\r";
    private const string Down = "\e[B";
    private const string Up = "\e[A";
    private const string End = "\e[F";
    private const string CtrlC = "\u0003";
    private const string CtrlD = "\u0004";

    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");

    [Test]
    public async Task A_whole_session()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        using PseudoTerminal terminal = PseudoTerminal.Start(fixture, []);
        await terminal.AnswerAsync("❯ create an order", Enter);
        await terminal.AnswerAsync("First name", "Ada" + Enter);
        await terminal.AnswerAsync("Last name", "King" + Enter);
        await terminal.AnswerAsync("Phone number", "020-7946" + Enter);
        await terminal.AnswerAsync("Postcode", "SW1A 1AA" + Enter);
        await terminal.AnswerAsync("Address", "12 St James's Square" + Enter);
        await terminal.AnswerAsync("❯ apple", Enter);
        await terminal.AnswerAsync("How many of apple", "2" + Enter);
        await terminal.AnswerAsync("2 × apple", Down + Enter);
        await terminal.AnswerAsync("How many of banana", "1" + Enter);
        await terminal.AnswerAsync("1 × banana", End + Up + Enter);
        await terminal.AnswerAsync("When shall we deliver?", Down + Enter);
        await terminal.AnswerAsync("add a tip?", Down + Enter);
        await terminal.AnswerAsync("Place this order for £5.53? [Y/n]", Enter);
        await terminal.AnswerAsync("❯ create an order", End + Enter);
        (await terminal.EndAsync()).Should().Be(ExitCode.Done, terminal.Shown);

        fixture.World.Details.Should().Be(Ada);
        fixture.World.Orders.Should().ContainSingle().Which.Lines.Should().Equal(new OrderLine("apple", 2, new(199)), new OrderLine("banana", 1, new(55)));
        terminal.Shown.Should().ContainInOrder("Order 1 is placed: same day, £5.53 in all.", "Goodbye.");
        terminal.HasCursor.Should().BeTrue();
    }

    // A test's name can't hold the keys themselves.
    [TestCase('C')]
    [TestCase('D')]
    public async Task Ctrl_C_and_ctrl_D_leave_an_open_cart_with_the_cursor_back(char letter)
    {
        string key = letter == 'C' ? CtrlC : CtrlD;
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        using PseudoTerminal terminal = PseudoTerminal.Start(fixture, []);
        await terminal.AnswerAsync("❯ create an order", Enter);
        await terminal.AnswerAsync("Are they correct?", Enter);
        await terminal.AnswerAsync("❯ apple", Enter);
        await terminal.AnswerAsync("How many of apple", "2" + Enter);
        await terminal.AnswerAsync("2 × apple", key);
        (await terminal.EndAsync()).Should().Be(ExitCode.Done, terminal.Shown);
        terminal.Shown.Should().ContainInOrder("Nothing was ordered.", "Goodbye.");
        terminal.HasCursor.Should().BeTrue();
        fixture.World.Orders.Should().BeEmpty();
    }

    [Test]
    public async Task Ctrl_C_while_an_order_waits_says_that_its_outcome_is_not_known()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.World.Orders.Add(new Order(1, OrderStatus.Active, Delivery.NextDay, default, new(199), [new("apple", 1, new(199))], 0));
        using PseudoTerminal terminal = PseudoTerminal.Start(fixture, ["reorder", "1"]);
        await terminal.AnswerAsync("Are they correct?", Enter);
        await terminal.AnswerAsync("When shall we deliver?", Enter);
        fixture.FrontEnd.Faults.Enqueue(Fault.Silence);
        await terminal.AnswerAsync("add a tip?", Down + Enter);
        await terminal.AnswerAsync("Place this order", Enter);
        await terminal.AnswerAsync("Waiting for the shop, which may be moving to another server…", CtrlC);
        (await terminal.EndAsync()).Should().Be(ExitCode.OutcomeUnknown, terminal.Shown);
        terminal.Shown.Should().Contain("is not known yet").And.NotContain("Nothing was ordered");
        terminal.HasCursor.Should().BeTrue();
    }

    [Test]
    public async Task NO_COLOR_turns_only_the_colours_off()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        using PseudoTerminal plain = PseudoTerminal.Start(fixture, [], ("NO_COLOR", "1"));
        await plain.AnswerAsync("❯ create an order", End);
        await plain.AnswerAsync("❯ quit", Enter);
        (await plain.EndAsync()).Should().Be(ExitCode.Done);
        plain.Shown.Should().NotMatchRegex("\e\\[[0-9;]*(3[0-7]|38;)[0-9;]*m").And.Contain("❯ quit");

        using PseudoTerminal coloured = PseudoTerminal.Start(fixture, []);
        await coloured.AnswerAsync("❯ create an order", End);
        await coloured.AnswerAsync("❯ quit", Enter);
        (await coloured.EndAsync()).Should().Be(ExitCode.Done);
        coloured.Shown.Should().MatchRegex("\e\\[[0-9;]*(3[0-7]|38;)[0-9;]*m", "else the line above proves nothing");
    }

    [Test]
    public async Task A_dumb_terminal_gets_the_plain_menus()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        using PseudoTerminal terminal = PseudoTerminal.Start(fixture, [], ("TERM", "dumb"));
        await terminal.AnswerAsync("4. quit", "quit\n");
        (await terminal.EndAsync()).Should().Be(ExitCode.Done);
        terminal.Shown.Should().Contain("Goodbye.").And.NotContain("\e");
    }
}
