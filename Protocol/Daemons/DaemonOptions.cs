using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Daemons;

/// <summary>How a daemon logs: what --log-level and --log-format say.</summary>
public readonly record struct LogOptions(LogLevel Level, string Format)
{
    public ILoggerFactory CreateLog() => DaemonLogging.Create(Level, Format);

    public static Typed<LogOptions> Parse(string level, string format) =>
        from parsed in DaemonLogging.ParseLevel(level)
        from _ in Typed.Unless(DaemonLogging.Formats.Contains(format) ? null : $"--log-format {format}: expected line or json.")
        select new LogOptions(parsed, format);
}

/// <summary>The options that every daemon's host needs.</summary>
public interface IDaemonOptions
{
    Endpoint Listen { get; }

    LogOptions Log { get; }

    /// <summary>Where to serve metrics; null if they are not served.</summary>
    Endpoint? Metrics { get; }

    LinkSecurity Security { get; }
}

/// <summary>The options, as typed, of the daemons that register at the name server: server and frontend.</summary>
public abstract class RegisteredDaemonCommandLine : NameServerCommandLine
{
    private const double IntervalSecondsMax = 3600;

    [Option("listen", Default = "127.0.0.1:0", MetaValue = "H:P", HelpText = "Where to listen; port 0 takes any free one.")]
    public string ListenText { get; init; } = "127.0.0.1:0";

    [Option("advertise", MetaValue = "H:P", HelpText = "The address others reach it at, if that is not the one it listens on.")]
    public string? AdvertiseText { get; init; }

    [Option("attempts", Default = 5, MetaValue = "N", HelpText = "At the start: how often to look for the name server, and as a front end for enough servers, before it gives up.")]
    public int Attempts { get; init; } = 5;

    [Option("interval", Default = 10.0, MetaValue = "SECONDS", HelpText = "How long to wait between two attempts; decimals are allowed.")]
    public double IntervalSeconds { get; init; } = 10;

    [Option("log-level", Default = "information", MetaValue = "LEVEL", HelpText = "trace, debug, information, warning, error, critical or none.")]
    public string LogLevelText { get; init; } = "information";

    [Option("log-format", Default = "line", MetaValue = "FORMAT", HelpText = "line or json.")]
    public string LogFormat { get; init; } = "line";

    [Option("metrics", MetaValue = "H:P", HelpText = "Serve metrics for Prometheus at http://H:P/metrics, and health checks at /healthz and /readyz.")]
    public string? MetricsText { get; init; }

    /// <param name="role">What this daemon is, to its peers.</param>
    /// <param name="id">And which one.</param>
    /// <param name="registers">It will register where it listens, for others to dial.</param>
    protected Typed<RegisteredDaemonOptions> ParseDaemon(Role role, string id, bool registers = true) =>
        from at in ParseNameServer()
        from listen in ParseEndpoint("--listen", ListenText)
        from advertise in ParseOptionalEndpoint("--advertise", AdvertiseText)
        from metrics in ParseOptionalEndpoint("--metrics", MetricsText)
        from log in LogOptions.Parse(LogLevelText, LogFormat)
        from _ in Typed.Unless(
            Attempts < 1 ? $"--attempts {Attempts}: expected a whole number above 0."
            : double.IsNaN(IntervalSeconds) || IntervalSeconds is < 0 or > IntervalSecondsMax ? $"--interval {IntervalSeconds}: expected 0 to {IntervalSecondsMax} seconds."
            : advertise is null && listen.Host is "0.0.0.0" or "::" ? $"--listen {ListenText}: others can't reach it under that address; say --advertise HOST:PORT too."
            : advertise is null && registers && listen.IsLoopback && !at.NameServers.All.All(n => n.IsLoopback)
                ? $"--listen {ListenText}: the name server is at {at.NameServers}, and other machines can't reach this one under that address; " +
                  $"say --listen ADDRESS:PORT with this machine's, or --advertise {listen.Host}:0 if all of the shop runs here."
            : null)
        from security in ParseSecurity(new PeerIdentity(role, id, at.Group))
        select new RegisteredDaemonOptions(at with { Caller = new Caller(at.Group, security) { Role = role, Id = id } })
        {
            Listen = listen,
            Advertise = advertise,
            Attempts = Attempts,
            IntervalSeconds = IntervalSeconds,
            Log = log,
            Metrics = metrics,
        };
}

/// <summary>The settings that server and frontend share.</summary>
public record RegisteredDaemonOptions : NameServerOptions, IDaemonOptions
{
    public RegisteredDaemonOptions(NameServerOptions at) : base(at)
    {
    }

    public LinkSecurity Security => Caller.Security;

    public required Endpoint Listen { get; init; }

    /// <summary>The address that others are to dial; null if it is where the daemon listens.</summary>
    public required Endpoint? Advertise { get; init; }

    public required int Attempts { get; init; }

    public required double IntervalSeconds { get; init; }

    public required LogOptions Log { get; init; }

    /// <summary>Where to serve metrics; null if they are not served.</summary>
    public required Endpoint? Metrics { get; init; }

    /// <summary>
    /// What others are told to dial, given where the daemon really listens. Port 0 in --advertise means the port that it listens on.
    /// </summary>
    public Endpoint Advertised(Endpoint listening) =>
        Advertise is not { } advertised ? listening
        : advertised.Port == 0 ? advertised with { Port = listening.Port }
        : advertised;
}
