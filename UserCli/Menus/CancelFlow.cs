using System.Globalization;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Menus;

/// <summary>Cancelling: the active orders, and one of them chosen by its id.</summary>
internal sealed class CancelFlow(Shop shop, IScreen screen)
{
    private const string BackWord = "back";

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

        screen.ShowOrders(active);
        string typed = await screen.AskAsync($"Id of the order to cancel ('{BackWord}' to keep them)", null, text => MistakeIn(text, active), cancel);
        if (IsBack(typed))
            return;

        switch (await shop.CancelOrderAsync(int.Parse(typed, CultureInfo.InvariantCulture), cancel))
        {
            case OrderAnswer cancelled:
                screen.Say($"Order {cancelled.Order.OrderId} is cancelled.");
                break;
            case RefusalAnswer refusal:
                screen.Say(refusal.Message());
                break;
        }
    }

    private static string? MistakeIn(string typed, IReadOnlyList<Order> active) =>
        IsBack(typed) ? null
        : !int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out int orderId) ? "An order id is a whole number."
        : active.All(o => o.OrderId != orderId) ? $"You have no active order {orderId}: choose one of {string.Join(", ", active.Select(o => o.OrderId))}."
        : null;

    private static bool IsBack(string typed) => string.Equals(typed, BackWord, StringComparison.OrdinalIgnoreCase);
}
