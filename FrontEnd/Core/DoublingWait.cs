using JustHungry.Protocol.Cores;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// How long to wait with what has not helped so far: twice as long each time, up to a bound, and as at first after a calm. Owned by
/// the core.
/// </summary>
/// <param name="firstMs">The first wait, in milliseconds.</param>
/// <param name="mostMs">The longest.</param>
/// <param name="calmMs">So long after a wait has ended, the next one is a first one again.</param>
internal sealed class DoublingWait(int firstMs, int mostMs, int calmMs)
{
    private const int DoublingsMax = 20;

    private int _times;
    private long _beganMs = long.MinValue / 2;
    private long _endsMs = long.MinValue / 2;

    /// <summary>How long the next wait is.</summary>
    public int NextMs(Now now) => (int)Math.Min((long)firstMs << Math.Min(IsCalm(now) ? 0 : _times, DoublingsMax), mostMs);

    /// <summary>The wait that began last is not over.</summary>
    /// <param name="atMostMs">What is left of a wait after so long does not count.</param>
    public bool IsOn(Now now, int atMostMs = int.MaxValue) => now.Ms < Math.Min(_endsMs, _beganMs + atMostMs);

    /// <summary>What was tried has not helped, once more.</summary>
    public void Begin(Now now)
    {
        int waitMs = NextMs(now);
        _times = IsCalm(now) ? 1 : _times + 1;
        _beganMs = now.Ms;
        _endsMs = now.Ms + waitMs;
    }

    private bool IsCalm(Now now) => now.Ms - _endsMs >= calmMs;
}
