using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Network;

/// <summary>
/// One direction between two processes, which all their connections share: how long it delays, how many bytes pass in a millisecond, and how
/// many segments it loses.
/// </summary>
internal sealed class Link
{
    private const long UsualDelayLeastUs = 30;

    /// <summary>What is lost is sent again after this long, and after twice that the next time: Linux's least, TCP_RTO_MIN.</summary>
    private const long ResendUs = 200_000;

    private const int ResendsMost = 4;

    private readonly long _usualDelayMostUs;
    private long _freeUs;

    public Link(long usualDelayMostUs)
    {
        _usualDelayMostUs = usualDelayMostUs;
        Heal();
    }

    /// <summary>Nothing arrives: what is sent is retransmitted when the link heals, or lost with its connection.</summary>
    public bool IsCut { get; set; }

    public long DelayLeastUs { get; set; }

    public long DelayMostUs { get; set; }

    /// <summary>How many bytes pass in a millisecond; 0: as many as are sent.</summary>
    public int BytesPerMs { get; set; }

    /// <summary>How many of a hundred segments are lost, and sent again later; those behind them on the connection wait.</summary>
    public int LossPercent { get; set; }

    public void Heal()
    {
        IsCut = false;
        BytesPerMs = 0;
        LossPercent = 0;
        _freeUs = 0;
        BeQuick();
    }

    public void BeQuick()
    {
        DelayLeastUs = UsualDelayLeastUs;
        DelayMostUs = _usualDelayMostUs;
    }

    public long Delay(Chance chance) => chance.Skewed(DelayLeastUs, DelayMostUs);

    /// <summary>When a segment that is sent now arrives, after all that was sent before it has passed.</summary>
    public long Arrival(Chance chance, long nowUs, int bytes)
    {
        long passedUs = nowUs;
        if (BytesPerMs > 0)
            passedUs = _freeUs = Math.Max(_freeUs, nowUs) + (bytes * 1_000L / BytesPerMs);
        long lateUs = 0;
        for (int resend = 0; LossPercent > 0 && resend < ResendsMost && chance.Below(100) < LossPercent; resend++)
            lateUs += ResendUs << resend;
        return passedUs + lateUs + Delay(chance);
    }
}
