using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary><c>user shop report</c>: takings, orders and top products. JSON: see <see cref="OwnerJson.WriteReport"/>.</summary>
internal sealed class ReportCommand : OwnerOptions
{
    private const string Today = "today";
    private const int TopMax = OrderLimits.ProductsMax;

    private static readonly string[] LocalFormats = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm"];

    [Option("since", MetaValue = "DATE", HelpText = "Orders from then on: 2026-11-22, \"2026-11-22 18:00\" by your own clock, or today. Default: all.")]
    public string? SinceText { get; init; }

    [Option("top", Default = "10", MetaValue = "N", HelpText = "How many products to show, those that took most first.")]
    public string TopText { get; init; } = "10";

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = TryParseSince(out DateTimeOffset? since);
        _ = TryParseTop(out int top);
        return await run.PrintAsync<ShopReportAnswer>(
            await ShopOf(run).ReportAsync(since?.ToUnixTimeSeconds() ?? 0, run.Cancel),
            (text, report) => OwnerText.WriteReport(text, report, since, top),
            (json, report) => OwnerJson.WriteReport(json, report, since, top));
    });

    protected override string? MistakeInArguments() =>
        !TryParseSince(out _) ? $"--since {SinceText}: expected a date, for example 2026-11-22, or {Today}."
        : !TryParseTop(out _) ? $"--top {TopText}: expected a whole number from 1 to {TopMax}."
        : null;

    private bool TryParseSince(out DateTimeOffset? since)
    {
        since = SinceText == Today ? new DateTimeOffset(DateTime.Today) : null;
        if (SinceText is null or Today)
            return true;

        bool isDate = DateTimeOffset.TryParseExact(SinceText, LocalFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) ||
            DateTimeOffset.TryParseExact(SinceText, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        since = time;
        return isDate;
    }

    private bool TryParseTop(out int top) => int.TryParse(TopText, NumberStyles.None, CultureInfo.InvariantCulture, out top) && top is > 0 and <= TopMax;
}
