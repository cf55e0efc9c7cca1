using CommandLine;
using JustHungry.Protocol.Ids;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Hosting;

/// <summary>The log's options, which every daemon takes.</summary>
public interface ILogOptions
{
    string LogLevelText { get; }

    string LogFormat { get; }
}

/// <summary>What every daemon's host needs of its options.</summary>
public interface IDaemonOptions : ILogOptions
{
    Endpoint Listen { get; }

    string? MetricsText { get; }
}

/// <summary>Checks and reads a daemon's log options.</summary>
public static class LogOptions
{
    public static string? Check(ILogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return !DaemonLogging.TryParseLevel(options.LogLevelText, out _)
            ? $"--log-level {options.LogLevelText}: expected one of {string.Join(", ", Enum.GetNames<LogLevel>()).ToLowerInvariant()}."
            : !DaemonLogging.Formats.Contains(options.LogFormat)
                ? $"--log-format {options.LogFormat}: expected line or json."
                : null;
    }

    /// <summary>Call after <see cref="Check"/> has found nothing.</summary>
    public static ILoggerFactory CreateLog(this ILogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return DaemonLogging.TryParseLevel(options.LogLevelText, out LogLevel level)
            ? DaemonLogging.Create(level, options.LogFormat)
            : throw new InvalidOperationException("the options were not checked");
    }
}

/// <summary>What the daemons take that register at the name server: server and frontend.</summary>
public abstract class RegisteredDaemonOptions : NameServerOptions, IDaemonOptions
{
    [Option("listen", Default = "127.0.0.1:0", MetaValue = "H:P", HelpText = "Where to listen; port 0 takes any free one.")]
    public string ListenText { get; init; } = "127.0.0.1:0";

    [Option("advertise", MetaValue = "H:P", HelpText = "The address others reach it at, if that is not the one it listens on.")]
    public string? AdvertiseText { get; init; }

    [Option("attempts", Default = 5, MetaValue = "N", HelpText = "How often to look for what it needs before giving up at the start.")]
    public int Attempts { get; init; } = 5;

    [Option("interval", Default = 10.0, MetaValue = "SECONDS", HelpText = "How long to wait between two attempts; decimals are allowed.")]
    public double IntervalSeconds { get; init; } = 10;

    [Option("log-level", Default = "information", MetaValue = "LEVEL", HelpText = "trace, debug, information, warning, error, critical or none.")]
    public string LogLevelText { get; init; } = "information";

    [Option("log-format", Default = "line", MetaValue = "FORMAT", HelpText = "line or json.")]
    public string LogFormat { get; init; } = "line";

    [Option("metrics", MetaValue = "H:P", HelpText = "Serve metrics in Prometheus' text format at http://H:P/metrics.")]
    public string? MetricsText { get; init; }

    public Endpoint Listen => Endpoint.TryParse(ListenText, out Endpoint endpoint) ? endpoint : throw new InvalidOperationException();

    public override string? Validate() =>
        base.Validate() ?? CheckEndpoint("--listen", ListenText) ?? CheckEndpoint("--advertise", AdvertiseText) ?? CheckEndpoint("--metrics", MetricsText) ?? LogOptions.Check(this) ??
        (Attempts < 1 ? $"--attempts {Attempts}: expected a whole number above 0."
            : double.IsNaN(IntervalSeconds) || IntervalSeconds is < 0 or > 3600 ? $"--interval {IntervalSeconds}: expected 0 to 3600 seconds."
            : AdvertiseText is null && Listen.Host is "0.0.0.0" or "::" ? $"--listen {ListenText}: others can't reach it under that address; say --advertise HOST:PORT too."
            : null);

    /// <summary>What others are told to dial, given where the daemon really listens. A port of 0 in --advertise means the same port.</summary>
    public Endpoint Advertised(Endpoint listening) =>
        AdvertiseText is null || !Endpoint.TryParse(AdvertiseText, out Endpoint advertised) ? listening
        : advertised.Port == 0 ? advertised with { Port = listening.Port }
        : advertised;
}
