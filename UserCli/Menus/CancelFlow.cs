using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Menus;

/// <summary>Cancelling: shows the active orders, and the user chooses one by its id.</summary>
internal sealed class CancelFlow(Shop shop, IScreen screen)
{
    private static readonly OrderQuestion Question = new("cancel", "active order", "keep them");

    public async Task RunAsync(CancellationToken cancel)
    {
        Answer answer = await shop.OrdersAsync(onlyActive: true, cancel);
        if (answer is not OrdersAnswer { Orders: var active })
        {
            screen.Say(((RefusalAnswer)answer).Message());
            return;
        }

        if (active.Count == 0)
        {
            screen.Say(ShopText.NoActiveOrders);
            return;
        }

        if (await screen.PickOrderAsync(Question, [.. active.Reverse()], cancel) is not { } order)
            return;

        switch (await shop.CancelOrderAsync(order.OrderId, cancel))
        {
            case OrderAnswer cancelled:
                screen.Say(ShopText.Cancelled(cancelled.Order));
                break;
            case RefusalAnswer refusal:
                screen.Say(refusal.Message());
                break;
        }
    }
}
