using System.Diagnostics;

namespace JustHungry.Benchmarks.Load;

/// <summary>The answers of a stretch of time. Links add to it, each to its own part; read when it is closed.</summary>
internal sealed class Window
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<int>[] _micros;
    private TimeSpan _took;

    public Window(int links)
    {
        _micros = new List<int>[links];
        for (int i = 0; i < links; i++)
            _micros[i] = [];
    }

    public void Add(int link, ReadOnlySpan<int> micros)
    {
        lock (_micros[link])
        {
            if (_clock.IsRunning)
                _micros[link].AddRange(micros);
        }
    }

    /// <summary>Ends it; nothing is added afterwards.</summary>
    public Latencies Close()
    {
        _took = _clock.Elapsed;
        _clock.Stop();
        var latencies = new Latencies(_took);
        foreach (List<int> part in _micros)
        {
            lock (part)
                latencies.Add(part);
        }

        return latencies;
    }
}
