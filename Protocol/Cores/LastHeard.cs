namespace JustHungry.Protocol.Cores;

/// <summary>When a peer was last heard, with one's own pauses (<see cref="OwnPauses"/>) taken off its silence.</summary>
public readonly record struct LastHeard
{
    /// <summary>
    /// A live peer is heard between two pauses of ours. One that was not heard between ten of them is silent itself: without this bound,
    /// a loop that is always busy would never miss it.
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

    /// <summary>For how long the peer has been silent.</summary>
    public long SilentMs(Now now) => now.Ms - _ms;

    /// <summary>
    /// This process did not listen for this long, so that part of the silence does not count. Frames that arrived meanwhile may have been
    /// handled before the tick that detects the pause, so the result is never later than now.
    /// </summary>
    public LastHeard Forgive(Now now, long lostMs) =>
        _forgiven < ForgivenMax ? new LastHeard(Math.Min(now.Ms, _ms + lostMs), _forgiven + 1) : this;
}
