using JustHungry.Protocol.Commands;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace JustHungry.Protocol.Daemons;

/// <summary>A daemon's log: one line per event on stderr, since stdout is for answers. Whoever causes many lines can't fill a disk with them.</summary>
public static class DaemonLogging
{
    public static IReadOnlyList<string> Formats { get; } = ["line", "json"];

    public static Typed<LogLevel> ParseLevel(string text) =>
        Enum.TryParse(text, ignoreCase: true, out LogLevel level) && Enum.IsDefined(level) && !char.IsAsciiDigit(text[0])
            ? level
            : new Wrong($"--log-level {text}: expected one of {string.Join(", ", Enum.GetNames<LogLevel>()).ToLowerInvariant()}.");

    public static ILoggerFactory Create(LogLevel level, string format) => new RestrainedLogs(CreateConsole(level, format), TimeProvider.System);

    private static ILoggerFactory CreateConsole(LogLevel level, string format) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(level);
        builder.AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite; // a stuck stderr must not stop a daemon
        });
        // Each Add…Console call selects its own formatter, so the last one wins.
        if (format == "json")
        {
            builder.AddJsonConsole(json =>
            {
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
                json.UseUtcTimestamp = true;
            });
            return;
        }

        builder.AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.TimestampFormat = "HH:mm:ss.fff ";
            line.ColorBehavior = Console.IsErrorRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
                ? LoggerColorBehavior.Disabled
                : LoggerColorBehavior.Default;
        });
    });
}
