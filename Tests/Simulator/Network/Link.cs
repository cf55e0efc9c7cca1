using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Network;

/// <summary>One direction between two processes.</summary>
internal sealed class Link
{
    private const long UsualDelayLeastUs = 30;
    private readonly long _usualDelayMostUs;

    public Link(long usualDelayMostUs)
    {
        _usualDelayMostUs = usualDelayMostUs;
        Heal();
    }

    /// <summary>Nothing arrives: what is sent is retransmitted when the link heals, or lost with its connection.</summary>
    public bool IsCut { get; set; }

    public long DelayLeastUs { get; set; }

    public long DelayMostUs { get; set; }

    public void Heal()
    {
        IsCut = false;
        BeQuick();
    }

    public void BeQuick()
    {
        DelayLeastUs = UsualDelayLeastUs;
        DelayMostUs = _usualDelayMostUs;
    }

    public long Delay(Chance chance) => chance.Skewed(DelayLeastUs, DelayMostUs);
}
