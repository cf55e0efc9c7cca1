using System.Diagnostics;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>One direction of a link that carries so many bytes a second, of all connections together. Thread-safe.</summary>
internal sealed class ThinLink(int bytesPerSecond)
{
    /// <summary>So much goes at a time, so that connections take turns as on a real link.</summary>
    public const int PieceBytes = 4 * 1024;

    /// <summary>How late a timer may be before it costs bandwidth.</summary>
    private const double LateMs = 20;

    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private double _freeMs;
    private long _bytes;

    /// <summary>How many bytes it has carried.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Waits until a piece has passed, behind all that came before it.</summary>
    public async Task PassAsync(int bytes, CancellationToken cancel)
    {
        double passedMs;
        lock (_lock)
        {
            _freeMs = Math.Max(_freeMs, _clock.Elapsed.TotalMilliseconds - LateMs) + (bytes * 1_000.0 / bytesPerSecond);
            passedMs = _freeMs;
        }

        if (passedMs - _clock.Elapsed.TotalMilliseconds is > 0 and double waitMs)
            await Task.Delay(TimeSpan.FromMilliseconds(waitMs), cancel);
        Interlocked.Add(ref _bytes, bytes);
    }
}
