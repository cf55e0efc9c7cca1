namespace JustHungry.Protocol.Cores;

/// <summary>
/// Tells a peer's silence from this process's own pauses: while it stood still, or its loop was busy, it could hear nobody. Owned by a
/// core, which asks at each tick and subtracts the pause from the silence of all its peers.
/// </summary>
public sealed class OwnPauses
{
    private long? _lastTickMs;

    /// <summary>For how long the loop did not listen before this tick; usually 0.</summary>
    public long LostMs(Now now)
    {
        long sinceMs = now.Ms - (_lastTickMs ?? now.Ms);
        _lastTickMs = now.Ms;
        return sinceMs > Timing.PausedMs ? sinceMs : 0;
    }
}
