namespace JustHungry.Protocol.Cores;

/// <summary>
/// Tells a peer's silence from one's own: while this process stood still, or its loop was busy, nobody could be heard. Owned by a core,
/// which asks at each tick and takes it off the silence of all its peers.
/// </summary>
public sealed class OwnPauses
{
    private long? _lastTickMs;

    /// <summary>For how long the loop did not listen before this tick, in milliseconds; 0 as a rule.</summary>
    public long LostMs(Now now)
    {
        long sinceMs = now.Ms - (_lastTickMs ?? now.Ms);
        _lastTickMs = now.Ms;
        return sinceMs > Timing.PausedMs ? sinceMs : 0;
    }
}
