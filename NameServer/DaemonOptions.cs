using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;

namespace JustHungry.NameServer;

/// <summary>The options, as typed, of <c>nameserver</c> without a command.</summary>
internal sealed class DaemonCommandLine : SecuredCommandLine
{
    private const string Memory = "memory";
    private const string SqlitePrefix = "sqlite:";

    [Option("listen", Default = DefaultListen, MetaValue = "H:P", HelpText = "Where to listen; port 0 takes any free one.")]
    public string ListenText { get; init; } = DefaultListen;

    [Option("storage", MetaValue = "memory|sqlite:PATH", HelpText = "Where names and views are kept. Default: sqlite:$JUSTHUNGRY_HOME/nameserver.db.")]
    public string? StorageText { get; init; }

    [Option("log-level", Default = "information", MetaValue = "LEVEL", HelpText = "trace, debug, information, warning, error, critical or none.")]
    public string LogLevelText { get; init; } = "information";

    [Option("log-format", Default = "line", MetaValue = "FORMAT", HelpText = "line or json.")]
    public string LogFormat { get; init; } = "line";

    [Option("metrics", MetaValue = "H:P", HelpText = "Serve metrics for Prometheus at http://H:P/metrics, and health checks at /healthz and /readyz.")]
    public string? MetricsText { get; init; }

    private const string DefaultListen = NameServerOptions.DefaultNameServer;

    private string Storage => StorageText ?? SqlitePrefix + Path.Combine(Home.Directory, "nameserver.db");

    public Typed<DaemonOptions> Parse() =>
        from @group in ParseGroup()
        from listen in ParseEndpoint("--listen", ListenText)
        from metrics in ParseOptionalEndpoint("--metrics", MetricsText)
        from log in LogOptions.Parse(LogLevelText, LogFormat)
        from databasePath in ParseDatabasePath()
        from security in ParseSecurity(new PeerIdentity(Role.NameServer, "nameserver", @group))
        select new DaemonOptions(listen, Storage, databasePath, log, metrics, security);

    private Typed<string?> ParseDatabasePath() =>
        Storage == Memory ? Typed.Of<string?>(null)
        : Storage.StartsWith(SqlitePrefix, StringComparison.Ordinal) && Storage.Length > SqlitePrefix.Length ? Storage[SqlitePrefix.Length..]
        : new Wrong($"--storage {StorageText}: expected memory or sqlite:PATH.");
}

/// <summary>The name server's settings.</summary>
/// <param name="Storage">Where names and views are kept, as text to show.</param>
/// <param name="DatabasePath">The database file; null: keep everything in memory.</param>
/// <param name="Metrics">Where to serve metrics; null: don't serve them.</param>
internal sealed record DaemonOptions(Endpoint Listen, string Storage, string? DatabasePath, LogOptions Log, Endpoint? Metrics, LinkSecurity Security) : IDaemonOptions;
