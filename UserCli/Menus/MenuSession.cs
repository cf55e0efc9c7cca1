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
    }

    private static readonly IReadOnlyList<Choice<Act>> Menu =
    [
        new("create an order", Act.Order, "order"),
        new("order history", Act.History, "history"),
        new("cancel an order", Act.Cancel, "cancel"),
        new("quit", Act.Quit),
    ];

    public async Task RunAsync(CancellationToken cancel)
    {
        screen.Say("Welcome to JustHungry.");
        if (await shop.Client.ResumeAsync(cancel) is var (update, answer))
            screen.CameOf(update, answer);

        while (true)
        {
            Act act = await screen.ChooseAsync("What would you like to do?", Menu, cancel);
            if (act == Act.Quit)
            {
                screen.Say("Goodbye.");
                return;
            }

            try
            {
                await DoAsync(act, cancel);
            }
            catch (ProfileException e) when (e.IsLocked)
            {
                screen.Say(e.Message);
            }
        }
    }

    private Task DoAsync(Act act, CancellationToken cancel) => act switch
    {
        Act.Order => new OrderFlow(shop, screen).RunAsync(cancel),
        Act.Cancel => new CancelFlow(shop, screen).RunAsync(cancel),
        _ => ShowHistoryAsync(cancel),
    };

    private async Task ShowHistoryAsync(CancellationToken cancel)
    {
        switch (await shop.OrdersAsync(onlyActive: false, cancel))
        {
            case OrdersAnswer { Orders: [] }:
                screen.Say(ShopText.NoOrders);
                break;
            case OrdersAnswer answer:
                screen.ShowOrders(answer.Orders);
                break;
            case RefusalAnswer refusal:
                screen.Say(refusal.Message());
                break;
        }
    }
}
