using JustHungry.Protocol.Cores;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// How long to wait before trying again what has not helped so far: twice as long each time, up to a bound, and from the beginning again
/// after a calm period. Owned by the core.
/// </summary>
/// <param name="firstMs">The first wait.</param>
/// <param name="mostMs">The longest wait.</param>
/// <param name="calmMs">Once this much time has passed since the last wait ended, the next one is a first one again.</param>
internal sealed class DoublingWait(int firstMs, int mostMs, int calmMs)
{
    private const int DoublingsMax = 20;

    private int _times;
    private long _beganMs = long.MinValue / 2;
    private long _endsMs = long.MinValue / 2;

    /// <summary>How long the next wait is.</summary>
    public int NextMs(Now now) => (int)Math.Min((long)firstMs << Math.Min(IsCalm(now) ? 0 : _times, DoublingsMax), mostMs);

    /// <summary>Whether the last wait is still running.</summary>
    /// <param name="atMostMs">Counts the wait as over once it has lasted this long.</param>
    public bool IsOn(Now now, int atMostMs = int.MaxValue) => now.Ms < Math.Min(_endsMs, _beganMs + atMostMs);

    /// <summary>Begins the next wait: what was tried has failed again.</summary>
    public void Begin(Now now)
    {
        int waitMs = NextMs(now);
        _times = IsCalm(now) ? 1 : _times + 1;
        _beganMs = now.Ms;
        _endsMs = now.Ms + waitMs;
    }

    private bool IsCalm(Now now) => now.Ms - _endsMs >= calmMs;
}
