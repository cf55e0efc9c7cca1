using CommandLine;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Commands;

/// <summary>What every command takes that places an order: when it is brought, and what it may cost.</summary>
internal abstract class DeliveryOptions : AnsweringOptions
{
    [Option("delivery", MetaValue = "WHEN", HelpText = "2-hours (£3.00), same-day (£1.00) or next-day (free).")]
    public string? DeliveryText { get; init; }

    [Option("tip", Default = "0", MetaValue = "POUNDS", HelpText = "For example 1.50.")]
    public string TipText { get; init; } = "0";

    [Option("expect-total", MetaValue = "POUNDS", HelpText = "Refuse the order if it costs anything else, with delivery and tip.")]
    public string? ExpectTotalText { get; init; }

    protected string? MistakeInDelivery() =>
        Deliveries.TryParse(DeliveryText, out _) ? null : $"--delivery {DeliveryText}".TrimEnd() + $": expected {string.Join(", ", Deliveries.All.Select(d => d.Word()))}.";

    protected string? MistakeInMoney() =>
        !Pence.TryParse(TipText, out Pence tip) || tip.Value > OrderLimits.TipMax.Value
            ? $"--tip {TipText}: expected pounds and pence from 0 to {OrderLimits.TipMax}, for example 1.50."
        : ExpectTotalText is not null && !Pence.TryParse(ExpectTotalText, out _)
            ? $"--expect-total {ExpectTotalText}: expected pounds and pence, for example 8.73."
        : null;

    /// <summary>The order of these items; call after nothing wrong was found.</summary>
    protected OrderDraft ToDraft(IReadOnlyList<CartLine> lines)
    {
        _ = Deliveries.TryParse(DeliveryText, out Delivery delivery);
        _ = Pence.TryParse(TipText, out Pence tip);
        Pence? expected = Pence.TryParse(ExpectTotalText, out Pence total) ? total : null;
        return new OrderDraft(lines, delivery, tip, expected);
    }
}
