using System.Globalization;
using System.Text;
using System.Text.Json;
using JustHungry.Benchmarks.Load;
using JustHungry.Benchmarks.Rig;

namespace JustHungry.Benchmarks.Report;

/// <summary>What one window showed: how many requests per second, how long they took, and what each process used for one of them.</summary>
internal sealed record Figures(
    string What, int Users, double PerSecond, double P50Ms, double P90Ms, double P99Ms, double P999Ms, double MaxMs, IReadOnlyList<ProcessFigures> Processes)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Figures Of(string what, int users, Latencies latencies, IReadOnlyList<ProcessFigures> processes) =>
        new(what, users, latencies.PerSecond, latencies.Quantile(0.5), latencies.Quantile(0.9), latencies.Quantile(0.99), latencies.Quantile(0.999),
            latencies.Quantile(1), processes);

    /// <summary>The line that scripts read.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"users={Users} {What}/s={PerSecond:F0} p50={P50Ms:F2}ms p99={P99Ms:F2}ms");

    public string LatencyLine =>
        string.Create(CultureInfo.InvariantCulture, $"latency p50={P50Ms:F2}ms p90={P90Ms:F2}ms p99={P99Ms:F2}ms p99.9={P999Ms:F2}ms max={MaxMs:F2}ms");

    public string ToTable()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"per request",-20}{"CPU µs",10}{"allocated B",14}{"collections",14}{"paused ms",12}{"heap MB",10}{"memory MB",12}");
        foreach (ProcessFigures p in Processes)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{p.Name,-20}{p.CpuMicros,10:F2}{p.AllocatedBytes,14:F0}{p.Collections,14}{p.PausedMs,12:F1}{p.HeapMegabytes,10:F0}{p.ResidentMegabytes,12:F0}");
        }

        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

/// <summary>One process: CPU and allocations for each request of the window, and what it held at the window's end.</summary>
internal sealed record ProcessFigures(
    string Name, double CpuMicros, double AllocatedBytes, long Collections, double PausedMs, double HeapMegabytes, double ResidentMegabytes)
{
    private const double Mega = 1024 * 1024;

    public static ProcessFigures Between(string name, ResourceUse before, ResourceUse after, int requests) => new(
        name,
        (after.Cpu - before.Cpu).TotalMicroseconds / Math.Max(1, requests),
        (after.Runtime.AllocatedBytes - before.Runtime.AllocatedBytes) / (double)Math.Max(1, requests),
        after.Runtime.Collections - before.Runtime.Collections,
        (after.Runtime.PauseMicros - before.Runtime.PauseMicros) / 1000.0,
        after.Runtime.HeapBytes / Mega,
        after.ResidentBytes / Mega);
}
