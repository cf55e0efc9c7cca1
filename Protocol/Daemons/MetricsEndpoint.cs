using System.Net.Sockets;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// <c>--metrics H:P</c>: what this process's meters measure, in Prometheus' text format at http://H:P/metrics, and whether
/// it works and the shop takes orders at /healthz and /readyz. Without it the meters are
/// still there for whoever listens (dotnet-trace, a MeterListener) and cost next to nothing.
/// </summary>
public sealed class MetricsEndpoint : IDisposable
{
    /// <summary>Our meters' names begin with this; those of .NET's own libraries are left out.</summary>
    private const string MeterPrefix = "justhungry.";

    /// <summary>
    /// A counter that does not change for longer than this starts at 0 again. This is the longest that the package accepts; its default
    /// is five minutes.
    /// </summary>
    private static readonly TimeSpan RestMax = TimeSpan.FromDays(1);

    private readonly PageServer _server;
    private readonly IDisposable _adapter;

    private MetricsEndpoint(PageServer server, IDisposable adapter)
    {
        _server = server;
        _adapter = adapter;
    }

    /// <param name="endpoint">Null if no metrics are wanted.</param>
    /// <exception cref="MetricsException">It can't listen there.</exception>
    public static MetricsEndpoint? Open(Endpoint? endpoint, HealthReport health, ILogger log)
    {
        if (endpoint is not { } at)
            return null;

        if (at.Port == 0)
            throw new MetricsException($"--metrics {endpoint}: nobody would know which port. Choose one.");

        CollectorRegistry registry = Metrics.NewCustomRegistry();
        PageServer server;
        try
        {
            server = PageServer.Start(at, PagesOf(registry, health), log, TimeProvider.System);
        }
        catch (SocketException e)
        {
            throw new MetricsException($"--metrics {endpoint}: can't listen there: {e.Message.TrimEnd('.')}. Choose another address or port of this machine.", e);
        }

        return new MetricsEndpoint(server, MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry,
            MetricFactory = Metrics.WithCustomRegistry(registry),
            MetricsExpireAfter = RestMax,
            InstrumentFilterPredicate = instrument => instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal),
            ResolveHistogramBuckets = instrument => instrument.Unit == "s" ? SecondBuckets : CountBuckets,
        }));
    }

    public void Dispose()
    {
        _server.Dispose();
        _adapter.Dispose();
    }

    private static Dictionary<string, Func<CancellationToken, Task<Page>>> PagesOf(CollectorRegistry registry, HealthReport health) => new(StringComparer.Ordinal)
    {
        ["/metrics"] = async cancel =>
        {
            using var text = new MemoryStream();
            await registry.CollectAndExportAsTextAsync(text, cancel).ConfigureAwait(false);
            return new Page(200, "text/plain; version=0.0.4; charset=utf-8", text.ToArray());
        },
        ["/healthz"] = _ => Task.FromResult(Verdict(health.Live())),
        ["/readyz"] = _ => Task.FromResult(Verdict(health.Ready())),
    };

    private static Page Verdict((int Status, string Text) verdict) => PageServer.Say(verdict.Status, verdict.Text);

    /// <summary>From a fast disk's fsync to the longest that anybody waits.</summary>
    private static double[] SecondBuckets { get; } = Histogram.ExponentialBuckets(0.000_1, 2, 16);

    private static double[] CountBuckets { get; } = Histogram.ExponentialBuckets(1, 2, 14);
}

/// <summary>The metrics can't be served; the message says why and what to try.</summary>
public sealed class MetricsException : ExplainedException
{
    public MetricsException()
    {
    }

    public MetricsException(string message) : base(message)
    {
    }

    public MetricsException(string message, Exception inner) : base(message, inner)
    {
    }
}
