using HdrHistogram;

namespace JustHungry.Benchmarks.Load;

/// <summary>How long the answers of a window took, to three significant digits, and how long the window was.</summary>
internal sealed class Latencies(TimeSpan took)
{
    private const double MicrosInMs = 1000;
    private const long MicrosMax = 3_600_000_000; // as long as a window may be

    private readonly LongHistogram _micros = new(MicrosMax, numberOfSignificantValueDigits: 3);

    public int Count => (int)_micros.TotalCount;

    public double PerSecond => Count / took.TotalSeconds;

    public void Add(IEnumerable<int> micros)
    {
        foreach (int value in micros)
            _micros.RecordValue(Math.Clamp(value, 0, MicrosMax));
    }

    /// <summary>The latency in milliseconds that this part of the answers did not exceed; for 1, the longest.</summary>
    public double Quantile(double part) => Count == 0 ? double.NaN : _micros.GetValueAtPercentile(part * 100) / MicrosInMs;

    /// <summary>The whole distribution, in milliseconds, as HdrHistogram's plotters read it.</summary>
    public void WriteDistribution(TextWriter to) => _micros.OutputPercentileDistribution(to, outputValueUnitScalingRatio: MicrosInMs);
}
