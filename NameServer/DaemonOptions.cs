using CommandLine;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;

namespace JustHungry.NameServer;

/// <summary>What the bare <c>nameserver</c> takes.</summary>
internal sealed class DaemonOptions : CommonOptions, IDaemonOptions
{
    public const string Memory = "memory";
    public const string SqlitePrefix = "sqlite:";

    [Option("listen", Default = DefaultListen, MetaValue = "H:P", HelpText = "Where to listen; port 0 takes any free one.")]
    public string ListenText { get; init; } = DefaultListen;

    [Option("storage", MetaValue = "memory|sqlite:PATH", HelpText = "Where names and views are kept. Default: sqlite:$JUSTHUNGRY_HOME/nameserver.db.")]
    public string? StorageText { get; init; }

    [Option("log-level", Default = "information", MetaValue = "LEVEL", HelpText = "trace, debug, information, warning, error, critical or none.")]
    public string LogLevelText { get; init; } = "information";

    [Option("log-format", Default = "line", MetaValue = "FORMAT", HelpText = "line or json.")]
    public string LogFormat { get; init; } = "line";

    [Option("metrics", MetaValue = "H:P", HelpText = "Serve metrics in Prometheus' text format at http://H:P/metrics.")]
    public string? MetricsText { get; init; }

    private const string DefaultListen = NameServerOptions.DefaultNameServer;

    public Endpoint Listen => Endpoint.TryParse(ListenText, out Endpoint endpoint) ? endpoint : throw new InvalidOperationException();

    public string Storage => StorageText ?? SqlitePrefix + Path.Combine(Home.Directory, "nameserver.db");

    public override string? Validate() =>
        base.Validate() ?? CheckEndpoint("--listen", ListenText) ?? CheckEndpoint("--metrics", MetricsText) ?? LogOptions.Check(this) ??
        (Storage == Memory || (Storage.StartsWith(SqlitePrefix, StringComparison.Ordinal) && Storage.Length > SqlitePrefix.Length)
            ? null
            : $"--storage {StorageText}: expected memory or sqlite:PATH.");
}
