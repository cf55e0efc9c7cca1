using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary><c>user shop report</c>: takings, orders and top products. JSON: see <see cref="OwnerJson.WriteReport"/>.</summary>
internal sealed class ReportCommand : OwnerCommandLine
{
    private const string Today = "today";
    private const string Yesterday = "yesterday";
    private const int TopMax = OrderLimits.ProductsMax;

    private static readonly string[] LocalFormats = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm"];

    [Option("since", MetaValue = "DATE", HelpText = "Orders from then on: 2026-11-22, \"2026-11-22 18:00\" by your own clock, today or yesterday. Default: all.")]
    public string? SinceText { get; init; }

    [Option("top", Default = "10", MetaValue = "N", HelpText = "How many products to show, those that took most first.")]
    public string TopText { get; init; } = "10";

    public Typed<Act> Parse(Terminal terminal) =>
        from owner in ParseOwner()
        from since in ParseSince()
        from top in ParseTop()
        select CommandRun.Of(owner.Shop, terminal, async run => await run.PrintAsync<ShopReportAnswer>(
            await owner.ShopOf(run).ReportAsync(since?.ToUnixTimeSeconds() ?? 0, run.Cancel),
            (text, report) => OwnerText.WriteReport(text, report, since, top),
            (json, report) => OwnerJson.WriteReport(json, report, since, top)));

    /// <summary>Null for all orders ever.</summary>
    private Typed<DateTimeOffset?> ParseSince() =>
        SinceText is null ? Typed.Of<DateTimeOffset?>(null)
        : SinceText == Today ? new DateTimeOffset(DateTime.Today)
        : SinceText == Yesterday ? new DateTimeOffset(DateTime.Today.AddDays(-1))
        : DateTimeOffset.TryParseExact(SinceText, LocalFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) ||
            DateTimeOffset.TryParseExact(SinceText, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time) ? time
        : new Wrong($"--since {SinceText}: expected a date, for example 2026-11-22, {Today} or {Yesterday}.");

    private Typed<int> ParseTop() =>
        int.TryParse(TopText, NumberStyles.None, CultureInfo.InvariantCulture, out int top) && top is > 0 and <= TopMax
            ? top
            : new Wrong($"--top {TopText}: expected a whole number from 1 to {TopMax}.");
}
