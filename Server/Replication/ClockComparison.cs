using JustHungry.Protocol.Cores;

namespace JustHungry.Server.Replication;

/// <summary>
/// Whether a primary's clock and a follower's are far apart. Nothing but what people read depends on it. An ack may have waited while this
/// process stood still, and then its clock looks late; so they must be apart in all acks for a while. Owned by the core.
/// </summary>
internal sealed class ClockComparison
{
    /// <summary>Above the minute that a clock without NTP is off after a month or so.</summary>
    public const int ApartMs = 60_000;

    public const int LastsMs = 1_000;

    private long? _sinceMs;
    private bool _isTold;

    /// <summary>True once, until they have agreed again.</summary>
    /// <param name="theirUtcMs">The follower's clock, in milliseconds since 1970-01-01 UTC.</param>
    public bool IsNewlyApart(Now now, long theirUtcMs)
    {
        if (Math.Abs(now.UtcMs - theirUtcMs) <= ApartMs)
        {
            (_sinceMs, _isTold) = (null, false);
            return false;
        }

        _sinceMs ??= now.Ms;
        if (_isTold || now.Ms - _sinceMs < LastsMs)
            return false;
        _isTold = true;
        return true;
    }
}
