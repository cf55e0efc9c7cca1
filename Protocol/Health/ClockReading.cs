namespace JustHungry.Protocol.Health;

/// <summary>
/// Between what two bounds a process's clock is ahead of the clock of whoever asked it: it answered at some moment between the question and
/// its arrival, nobody knows which.
/// </summary>
public readonly record struct ClockReading(long AheadLeastMs, long AheadMostMs)
{
    /// <param name="theirUtcMs">What it answered, in milliseconds since 1970-01-01 UTC; null from an earlier version.</param>
    /// <param name="answeredUtcMs">The asker's clock when the answer came.</param>
    /// <param name="tookMs">How long that took.</param>
    public static ClockReading? Of(long? theirUtcMs, long answeredUtcMs, long tookMs) =>
        theirUtcMs is { } utcMs ? new ClockReading(utcMs - answeredUtcMs, utcMs - answeredUtcMs + tookMs) : null;

    /// <summary>By how much this clock is ahead of another one at least.</summary>
    public long AheadOf(in ClockReading other) => AheadLeastMs - other.AheadMostMs;
}
