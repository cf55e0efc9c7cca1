using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Menus;
using JustHungry.UserCli.Menus.OnTerminal;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli.OnTerminal;

/// <summary>An outage as a person meets it in the menus: nothing of the cart is lost, whether they wait or leave.</summary>
internal sealed class OutageTests
{
    private const ConsoleKey Enter = ConsoleKey.Enter;
    private const ConsoleKey Down = ConsoleKey.DownArrow;
    private const ConsoleKey Up = ConsoleKey.UpArrow;
    private const ConsoleKey End = ConsoleKey.End;

    private static readonly object[] TwoApples = [Enter, Enter, Enter, "2", Enter];
    private static readonly object[] CheckOut = [End, Up, Enter];
    private static readonly object[] NoTipAndPlace = [Enter, Down, Enter, Enter];
    private static readonly object[] Quit = [End, Enter];

    private ShopFixture _fixture = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _fixture = await ShopFixture.StartAsync();
        _fixture.World.Details = new CustomerDetails("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
    }

    [TearDown]
    public ValueTask StopAsync() => _fixture.DisposeAsync();

    [Test]
    public async Task Who_tries_again_goes_on_where_the_outage_was()
    {
        _fixture.World.Before[RequestKind.OrderCost] = () => Fail(2);
        string shown = await RunAsync([.. TwoApples, .. CheckOut, .. NoTipAndPlace[..^1], Enter, Enter, .. Quit]);
        _fixture.World.Orders.Should().ContainSingle("the order is placed once, under its ids");
        shown.Should().ContainInOrder("The shop can't be reached", "No answer since", "❯ try again", "Order 1 is placed");
    }

    [Test]
    public async Task Who_leaves_finds_the_cart_again_at_the_next_start()
    {
        _fixture.World.Before[RequestKind.ProductList] = () => Fail(2);
        await this.Awaiting(t => t.RunAsync([.. TwoApples, .. CheckOut, Down, Enter])).Should().ThrowAsync<UnavailableException>();

        string shown = await RunAsync([Enter, Enter, Enter, .. CheckOut, .. NoTipAndPlace, .. Quit]);
        shown.Should().ContainInOrder("Your cart from last time: 2 × apple.", "Go on with it? 'no' empties it. yes", "Order 1 is placed");
        (await RunAsync([Enter, Enter, ConsoleKey.Escape, .. Quit])).Should().NotContain("from last time", "it was ordered");
    }

    [Test]
    public async Task A_cart_that_was_left_on_purpose_or_whose_order_waits_is_not_offered()
    {
        await RunAsync([.. TwoApples, End, Enter, Down, Enter, .. Quit]);
        (await _fixture.ProfileAsync()).Cart.Should().BeNull();

        _fixture.World.Before[RequestKind.OrderCost] = () => Fail(2);
        (await this.Awaiting(t => t.RunAsync([.. TwoApples, .. CheckOut, .. NoTipAndPlace, Down, Enter])).Should().ThrowAsync<UnavailableException>())
            .Which.ExitCode.Should().Be(ExitCode.OutcomeUnknown);
        Profile profile = await _fixture.ProfileAsync();
        (profile.Cart, profile.InFlight!.Words).Should().Be((null, "order of 2 × apple"));
    }

    [Test]
    public async Task Ctrl_D_keeps_the_cart_too()
    {
        await this.Awaiting(t => t.RunAsync(TwoApples, console => console.TypeControl(ConsoleKey.D))).Should().ThrowAsync<EndOfInputException>();
        (await _fixture.ProfileAsync()).Cart!.Lines.Should().Equal(new CartLine("apple", 2));
    }

    /// <summary>The next attempts are received, and their connections closed.</summary>
    private void Fail(int attempts)
    {
        for (int i = 0; i < attempts; i++)
            _fixture.FrontEnd.Faults.Enqueue(Fault.CloseAfter);
    }

    private async Task<string> RunAsync(object[] keys, Action<KeyByKeyConsole>? then = null)
    {
        using var console = new KeyByKeyConsole();
        console.Type(keys);
        then?.Invoke(console);
        var screen = new SpectreScreen(console, TimeProvider.System);
        try
        {
            await new MenuSession(_fixture.NewClient(new RetryPolicy(0, 0), notices: screen), screen).RunAsync(default);
        }
        finally
        {
            screen.Close();
        }

        return console.Output;
    }
}
