using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Commands;

/// <summary>The options, as typed, of every command that places an order: when it is delivered, and what it may cost.</summary>
internal abstract class DeliveryCommandLine : AnsweringCommandLine
{
    protected const string NoTip = "0";

    [Option("delivery", MetaValue = "WHEN", HelpText = "2-hours (£3.00), same-day (£1.00) or next-day (free).")]
    public string? DeliveryText { get; init; }

    [Option("tip", Default = NoTip, MetaValue = "POUNDS", HelpText = "For example 1.50.")]
    public string TipText { get; init; } = NoTip;

    [Option("expect-total", MetaValue = "POUNDS", HelpText = "Refuse the order if it costs anything else, with delivery and tip.")]
    public string? ExpectTotalText { get; init; }

    [Option("again", HelpText = "Place another one, even if the same order still waits for its answer.")]
    public bool IsAgain { get; init; }

    protected Typed<DeliveryChoice> ParseDelivery() =>
        from delivery in Deliveries.TryParse(DeliveryText, out Delivery parsed)
            ? Typed.Of(parsed)
            : new Wrong($"--delivery {DeliveryText}".TrimEnd() + $": expected {string.Join(", ", Deliveries.All.Select(d => d.Word()))}.")
        from money in ParseMoney()
        select new DeliveryChoice(delivery, money.Tip, money.ExpectedTotal);

    protected Typed<(Pence Tip, Pence? ExpectedTotal)> ParseMoney() =>
        !Pence.TryParse(TipText, out Pence tip) || tip.Value > OrderLimits.TipMax.Value
            ? new Wrong($"--tip {TipText}: expected pounds and pence from 0 to {OrderLimits.TipMax}, for example 1.50.")
        : ExpectTotalText is null ? (tip, null)
        : Pence.TryParse(ExpectTotalText, out Pence total) ? (tip, (Pence?)total)
        : new Wrong($"--expect-total {ExpectTotalText}: expected pounds and pence, for example 8.73.");
}

/// <summary>When an order is delivered, the tip, and what it may cost.</summary>
/// <param name="ExpectedTotal">Null means whatever it costs.</param>
internal readonly record struct DeliveryChoice(Delivery Delivery, Pence Tip, Pence? ExpectedTotal)
{
    public OrderDraft Of(IReadOnlyList<CartLine> lines) => new(lines, Delivery, Tip, ExpectedTotal);
}
