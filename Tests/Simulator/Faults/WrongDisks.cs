using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// An operator who starts two servers each on the other's data directory, and some time later puts that right. A member is known by its id
/// and its disk, so neither of them is one meanwhile, unless it joins; and no disk may lose anything for which it is trusted later.
/// </summary>
internal sealed class WrongDisks(Cluster cluster)
{
    private const long Second = 1_000_000;

    private readonly SimWorld _world = cluster.World;
    private (ReplicaNode One, ReplicaNode Other)? _exchanged;

    /// <summary>
    /// Not before there is a view: a chaotic front end could make the first one of registrations that the exchange has outdated, and its
    /// members would never have existed.
    /// </summary>
    public void Exchange()
    {
        if (_exchanged is not null || cluster.Replicas.Count < 2 || cluster.Ledger.View is null)
            return;
        ReplicaNode one = _world.Chance.Pick(cluster.Replicas);
        ReplicaNode other = _world.Chance.Pick(cluster.Replicas.FindAll(r => r != one));
        _exchanged = (one, other);
        Swap(one, other);
        _world.Time.After(_world.Chance.Skewed(Second / 2, 8 * Second), PutBack);
    }

    /// <summary>
    /// Both servers are on their own disks again, unless more of the view's members are where they are now: then two servers have changed
    /// their names, and keep them.
    /// </summary>
    public void PutBack()
    {
        if (_exchanged is not var (one, other))
            return;
        _exchanged = null;
        int now = InPlace();
        Swap(one, other);
        if (InPlace() < now)
            Swap(one, other);
    }

    /// <summary>Nobody takes a disk away from such a server: it may be another one's.</summary>
    public bool AreExchanged(ReplicaNode replica) => _exchanged is var (one, other) && (replica == one || replica == other);

    private int InPlace() => cluster.Ledger.View is { } view ? view.Required.Count(cluster.IsInPlace) : 0;

    private static void Swap(ReplicaNode one, ReplicaNode other)
    {
        one.Kill();
        other.Kill();
        one.ExchangeDisks(other);
        one.Start();
        other.Start();
    }
}
