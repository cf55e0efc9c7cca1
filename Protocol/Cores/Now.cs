namespace JustHungry.Protocol.Cores;

/// <summary>The time that comes with an event.</summary>
/// <param name="Ms">Milliseconds on a clock that never goes back, since an arbitrary start: for every time-out.</param>
/// <param name="UtcMs">Milliseconds since 1970-01-01 UTC, by a clock that anybody may set: only for what people read.</param>
public readonly record struct Now(long Ms, long UtcMs)
{
    /// <summary>Seconds since 1970-01-01 UTC: only for what people read.</summary>
    public long UtcSeconds => UtcMs / 1_000;
}
