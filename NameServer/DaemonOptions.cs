using CommandLine;
using JustHungry.NameServer.Etcd;
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
    private const string EtcdPrefix = "etcd:";

    [Option("listen", Default = DefaultListen, MetaValue = "H:P", HelpText = "Where to listen; port 0 takes any free one.")]
    public string ListenText { get; init; } = DefaultListen;

    [Option("storage", MetaValue = "memory|sqlite:PATH|etcd:H:P,...",
        HelpText = "Where names and views are kept: in a file, or in an etcd cluster (its members' addresses), which several name servers share. " +
            "Default: sqlite:$JUSTHUNGRY_HOME/nameserver.db.")]
    public string? StorageText { get; init; }

    [Option("etcd-ca", MetaValue = "FILE", HelpText = "The authority of etcd's certificates, in PEM: use TLS.")]
    public string? EtcdCa { get; init; }

    [Option("etcd-cert", MetaValue = "FILE", HelpText = "The certificate that etcd is shown, in PEM.")]
    public string? EtcdCertificate { get; init; }

    [Option("etcd-key", MetaValue = "FILE", HelpText = "The key of --etcd-cert, in PEM.")]
    public string? EtcdKey { get; init; }

    [Option("etcd-user", MetaValue = "NAME:FILE", HelpText = "A user of etcd's, and the file that holds the password.")]
    public string? EtcdUserText { get; init; }

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
        from etcd in ParseEtcd()
        from security in ParseSecurity(new PeerIdentity(Role.NameServer, "nameserver", @group))
        select new DaemonOptions(listen, Storage, databasePath, etcd, log, metrics, security);

    private bool IsEtcd => Storage.StartsWith(EtcdPrefix, StringComparison.Ordinal);

    private Typed<EtcdOptions?> ParseEtcd() =>
        IsEtcd ? EtcdOptions.Parse(Storage[EtcdPrefix.Length..], EtcdCa, EtcdCertificate, EtcdKey, EtcdUserText).Select<EtcdOptions?>(etcd => etcd)
        : (EtcdCa ?? EtcdCertificate ?? EtcdKey ?? EtcdUserText) is null ? Typed.Of<EtcdOptions?>(null)
        : new Wrong("--etcd-ca, --etcd-cert, --etcd-key and --etcd-user are for --storage etcd:H:P.");

    private Typed<string?> ParseDatabasePath() =>
        Storage == Memory || IsEtcd ? Typed.Of<string?>(null)
        : Storage.StartsWith(SqlitePrefix, StringComparison.Ordinal) && Storage.Length > SqlitePrefix.Length ? Storage[SqlitePrefix.Length..]
        : new Wrong($"--storage {StorageText}: expected memory, sqlite:PATH or etcd:H:P[,H:P...].");
}

/// <summary>The name server's settings.</summary>
/// <param name="Storage">Where names and views are kept, as text to show.</param>
/// <param name="DatabasePath">The database file; null: there is none.</param>
/// <param name="Etcd">The etcd cluster; null: if there is no database file either, everything is kept in memory.</param>
/// <param name="Metrics">Where to serve metrics; null: don't serve them.</param>
internal sealed record DaemonOptions(
    Endpoint Listen, string Storage, string? DatabasePath, EtcdOptions? Etcd, LogOptions Log, Endpoint? Metrics, LinkSecurity Security) : IDaemonOptions;
