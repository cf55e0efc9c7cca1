namespace JustHungry.Protocol.Cores;

/// <summary>When a peer was last heard, with one's own pauses (<see cref="OwnPauses"/>) taken off its silence.</summary>
public readonly record struct LastHeard
{
    /// <summary>
    /// A peer that lives is heard between two pauses. One that is not in ten of them is silent itself: else it would never be missed by a loop
    /// that is busy for good.
    /// </summary>
    private const int ForgivenMax = 10;

    private readonly long _ms;
    private readonly int _forgiven;

    public LastHeard(Now now)
        : this(now.Ms, 0)
    {
    }

    private LastHeard(long ms, int forgiven) => (_ms, _forgiven) = (ms, forgiven);

    public static LastHeard Never { get; } = new(long.MinValue / 2, 0);

    /// <summary>In milliseconds.</summary>
    public long SilentMs(Now now) => now.Ms - _ms;

    /// <summary>
    /// This process did not listen for so long: that silence was its own. Frames that waited meanwhile may have been taken before the tick that
    /// tells of the pause, so nothing is ever heard later than now.
    /// </summary>
    public LastHeard Forgive(Now now, long lostMs) =>
        _forgiven < ForgivenMax ? new LastHeard(Math.Min(now.Ms, _ms + lostMs), _forgiven + 1) : this;
}
