using System.Diagnostics;

namespace JustHungry.Benchmarks.Load;

/// <summary>The answers within a stretch of time. Each link adds to its own part; the parts are read when the window is closed.</summary>
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

    /// <summary>Ends the window; nothing is added afterwards.</summary>
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
