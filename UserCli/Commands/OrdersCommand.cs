using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary>
/// <c>user orders</c>: the newest first. JSON: an array of orders by rising id, empty if there are none.
/// </summary>
internal sealed class OrdersCommand : AnsweringCommandLine
{
    [Option("active", HelpText = "Only those that can still be cancelled.")]
    public bool OnlyActive { get; init; }

    [Option("limit", MetaValue = "N", HelpText = "Only the newest so many.")]
    public string? LimitText { get; init; }

    public Typed<Act> Parse(Terminal terminal) =>
        from options in ParseShop()
        from limit in ParseLimit()
        select CommandRun.Of(options, terminal, async run => await run.PrintAsync<OrdersAnswer>(
            await run.Shop.OrdersAsync(OnlyActive, run.Cancel),
            (text, answer) => Write(text, answer.Orders, limit),
            (json, answer) => ShopJson.WriteArray(json, [.. answer.Orders.TakeLast(limit)], ShopJson.WriteOrder)));

    private void Write(TextWriter text, IReadOnlyList<Order> orders, int limit)
    {
        if (orders.Count == 0)
            text.WriteLine(OnlyActive ? ShopText.NoActiveOrders : ShopText.NoOrders);
        else
            ShopText.WriteOrders(text, [.. orders.Reverse().Take(limit)]);
        if (orders.Count > limit)
            text.WriteLine($"… and {orders.Count - limit} older: see --limit");
    }

    private Typed<int> ParseLimit() =>
        LimitText is null ? int.MaxValue
        : int.TryParse(LimitText, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit > 0 ? limit
        : new Wrong($"--limit {LimitText}: expected a whole number above 0.");
}
