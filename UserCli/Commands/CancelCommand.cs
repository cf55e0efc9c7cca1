using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user cancel ORDER_ID</c>. JSON: the order, cancelled.</summary>
internal sealed class CancelCommand : AnsweringOptions
{
    [Value(0, MetaName = "ORDER_ID", HelpText = "As 'user orders' shows it.")]
    public string? OrderIdText { get; init; }

    public override string? Validate() =>
        base.Validate() ??
        (OrderIdText is null ? "say which order: user cancel ORDER_ID."
            : !TryParse(OrderIdText, out _) ? $"'{OrderIdText}' is no order id: expected a whole number above 0."
            : null);

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = TryParse(OrderIdText, out int orderId);
        return await run.PrintAsync<OrderAnswer>(
            await run.Shop.CancelOrderAsync(orderId, run.Cancel),
            (text, cancelled) => ShopText.WriteCancelled(text, cancelled.Order),
            (json, cancelled) => ShopJson.WriteOrder(json, cancelled.Order));
    });

    private static bool TryParse(string? text, out int orderId) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out orderId) && orderId > 0;
}
