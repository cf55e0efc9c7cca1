using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Menus;

/// <summary>The main menu, until the user quits.</summary>
internal sealed class MenuSession(Shop shop, IScreen screen)
{
    private enum Act
    {
        Order,
        History,
        Cancel,
        Quit,
        OrderAgain,
    }

    private static readonly OrderQuestion OrderAgain = new("order again", "order", "leave");

    private static readonly IReadOnlyList<Choice<bool>> OlderOrBack = [new("show older ones", true), new("back", false, IsWayOut: true)];

    private static readonly IReadOnlyList<Choice<Act>> Menu =
    [
        new("create an order", Act.Order, "order"),
        new("order history", Act.History, "history"),
        new("cancel an order", Act.Cancel, "cancel"),
        new("quit", Act.Quit, IsWayOut: true),
        new("order again", Act.OrderAgain, "again"),
    ];

    public async Task RunAsync(CancellationToken cancel)
    {
        await BeginAsync(cancel);
        while (true)
        {
            Act act = await ChooseAsync(cancel);
            if (act == Act.Quit)
            {
                screen.Say("Goodbye.");
                return;
            }

            try
            {
                await DoAsync(act, cancel);
            }
            catch (BackException)
            {
                // here we are
            }
            catch (ProfileException e) when (e.IsLocked)
            {
                screen.Say(e.Message);
            }
        }
    }

    /// <summary>Goes straight to the review of a cart with an earlier order's items.</summary>
    /// <returns>Null, or why there is no such order.</returns>
    public async Task<RefusalAnswer?> OrderAgainAsync(int orderId, CancellationToken cancel)
    {
        await BeginAsync(cancel);
        Answer answer = await shop.OrderAsync(orderId, cancel);
        if (answer is not OrderAnswer { Order: var order })
            return (RefusalAnswer)answer;

        try
        {
            await new OrderFlow(shop, screen, order).RunAsync(cancel);
        }
        catch (BackException)
        {
            // nothing was ordered, and that was said
        }

        return null;
    }

    private async Task BeginAsync(CancellationToken cancel)
    {
        screen.Say("Welcome to JustHungry.");
        if (await shop.Client.ResumeAsync(cancel) is var (update, answer))
            screen.CameOf(update, answer);
    }

    /// <summary>There is nothing to go back to.</summary>
    private async Task<Act> ChooseAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await screen.ChooseAsync("What would you like to do?", Menu, cancel);
            }
            catch (BackException)
            {
                screen.Say("This is the main menu: 'quit' leaves.");
            }
        }
    }

    private Task DoAsync(Act act, CancellationToken cancel) => act switch
    {
        Act.Order => new OrderFlow(shop, screen).RunAsync(cancel),
        Act.Cancel => new CancelFlow(shop, screen).RunAsync(cancel),
        Act.OrderAgain => OrderAgainAsync(cancel),
        _ => ShowHistoryAsync(cancel),
    };

    private async Task ShowHistoryAsync(CancellationToken cancel)
    {
        if (await OrdersAsync(cancel) is { } orders)
            await ShowAsync(orders, cancel);
    }

    /// <summary>A page at a time, where a person sees one.</summary>
    private async Task ShowAsync(IReadOnlyList<Order> orders, CancellationToken cancel)
    {
        int shown = 0;
        do
        {
            Order[] page = [.. orders.Skip(shown).Take(screen.OrdersAtOnce ?? orders.Count)];
            screen.ShowOrders(page);
            shown += page.Length;
        }
        while (shown < orders.Count && await screen.ChooseAsync($"{orders.Count - shown} older", OlderOrBack, cancel));
    }

    private async Task OrderAgainAsync(CancellationToken cancel)
    {
        if (await OrdersAsync(cancel) is { } orders && await screen.PickOrderAsync(OrderAgain, orders, cancel) is { } order)
            await new OrderFlow(shop, screen, order).RunAsync(cancel);
    }

    /// <summary>The user's orders, the newest first; null if there are none, and the user has been told so.</summary>
    private async Task<IReadOnlyList<Order>?> OrdersAsync(CancellationToken cancel)
    {
        Answer answer = await shop.OrdersAsync(onlyActive: false, cancel);
        if (answer is OrdersAnswer { Orders: { Count: > 0 } orders })
            return [.. orders.Reverse()];

        screen.Say(answer is RefusalAnswer refusal ? refusal.Message() : ShopText.NoOrders);
        return null;
    }
}
