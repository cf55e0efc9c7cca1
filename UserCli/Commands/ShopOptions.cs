using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Hosting;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli.Commands;

/// <summary>What the menus and every command of the CLI take.</summary>
internal abstract class ShopOptions : NameServerOptions
{
    private const int RetriesMax = 1_000;
    private const double IntervalSecondsMax = 3_600;

    [Option("profile", MetaValue = "FILE", HelpText = $"Who you are. Default: ${Home.Variable}/profile.json; made at first use.")]
    public string? ProfileText { get; init; }

    [Option("retries", Default = "5", MetaValue = "N", HelpText = "How often to try again, after a first new try at once, when the connection is lost.")]
    public string RetriesText { get; init; } = "5";

    [Option("retry-interval", Default = "5", MetaValue = "SECONDS", HelpText = "The time between two tries; decimals are allowed.")]
    public string RetryIntervalText { get; init; } = "5";

    [Option("log-level", MetaValue = "LEVEL", HelpText = "Logs what happens to stderr: trace, debug, information, warning, error.")]
    public string? LogLevelText { get; init; }

    public virtual bool AsJson => false;

    public string ProfilePath => ProfileText ?? ProfileFile.DefaultPath;

    /// <summary>Call after <see cref="Validate"/> has found nothing.</summary>
    public RetryPolicy Retry =>
        TryParseRetries(out int retries) && TryParseInterval(out double seconds)
            ? new RetryPolicy(retries, (long)(seconds * 1000))
            : throw new InvalidOperationException("the options were not checked");

    public LogLevel? LogLevel =>
        LogLevelText is null ? null
        : DaemonLogging.TryParseLevel(LogLevelText, out LogLevel level) ? level
        : throw new InvalidOperationException("the options were not checked");

    public override string? Validate() =>
        base.Validate() ??
        (ProfileText is { Length: 0 } ? "--profile: expected a file name."
            : !TryParseRetries(out _) ? $"--retries {RetriesText}: expected a whole number from 0 to {RetriesMax}."
            : !TryParseInterval(out _) ? $"--retry-interval {RetryIntervalText}: expected 0 to {IntervalSecondsMax} seconds."
            : LogLevelText is not null && !DaemonLogging.TryParseLevel(LogLevelText, out _)
                ? $"--log-level {LogLevelText}: expected one of {string.Join(", ", Enum.GetNames<LogLevel>()).ToLowerInvariant()}."
            : null);

    private bool TryParseRetries(out int retries) =>
        int.TryParse(RetriesText, NumberStyles.None, CultureInfo.InvariantCulture, out retries) && retries <= RetriesMax;

    private bool TryParseInterval(out double seconds) =>
        double.TryParse(RetryIntervalText, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds) && seconds <= IntervalSecondsMax;
}

/// <summary>What every command takes that answers.</summary>
internal abstract class AnsweringOptions : ShopOptions
{
    [Option("json", HelpText = "Print the answer, or the refusal, as one line of JSON.")]
    public bool Json { get; init; }

    public override bool AsJson => Json;
}
