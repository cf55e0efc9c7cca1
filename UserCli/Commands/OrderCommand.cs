using CommandLine;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user order</c>. JSON: the order.</summary>
internal sealed class OrderCommand : AnsweringOptions
{
    [Option("item", MetaValue = "NAME=QTY", HelpText = "A product and how many; again for more.")]
    public IEnumerable<string> Items { get; init; } = [];

    [Option("delivery", MetaValue = "WHEN", HelpText = "2-hours (£3.00), same-day (£1.00) or next-day (free).")]
    public string? DeliveryText { get; init; }

    [Option("tip", Default = "0", MetaValue = "POUNDS", HelpText = "For example 1.50.")]
    public string TipText { get; init; } = "0";

    [Option("expect-total", MetaValue = "POUNDS", HelpText = "Refuse the order if it costs anything else, with delivery and tip.")]
    public string? ExpectTotalText { get; init; }

    public override string? Validate() =>
        base.Validate() ?? ItemArguments.Parse(Items, out _) ??
        (!Deliveries.TryParse(DeliveryText, out _) ? $"--delivery {DeliveryText}".TrimEnd() + $": expected {Words}."
            : !Pence.TryParse(TipText, out Pence tip) || tip.Value > OrderLimits.TipMax.Value
                ? $"--tip {TipText}: expected pounds and pence from 0 to {OrderLimits.TipMax}, for example 1.50."
            : ExpectTotalText is not null && !Pence.TryParse(ExpectTotalText, out _)
                ? $"--expect-total {ExpectTotalText}: expected pounds and pence, for example 8.73."
            : null);

    private static string Words => string.Join(", ", Deliveries.All.Select(d => d.Word()));

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
        await run.PrintAsync<OrderAnswer>(
            await run.Shop.PlaceAsync(ToDraft(), run.Cancel),
            (text, placed) => ShopText.WriteReceipt(text, placed.Order),
            (json, placed) => ShopJson.WriteOrder(json, placed.Order)));

    /// <summary>What was typed, which <see cref="Validate"/> has checked.</summary>
    private OrderDraft ToDraft()
    {
        _ = ItemArguments.Parse(Items, out Cart cart);
        _ = Deliveries.TryParse(DeliveryText, out Delivery delivery);
        _ = Pence.TryParse(TipText, out Pence tip);
        Pence? expected = Pence.TryParse(ExpectTotalText, out Pence total) ? total : null;
        return new OrderDraft(cart.Lines, delivery, tip, expected);
    }
}
