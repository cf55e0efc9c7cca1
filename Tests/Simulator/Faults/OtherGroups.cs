using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// Lets another group begin at the same name server, once in a schedule: empty, or from a copy of one of our servers. Some of its processes
/// get the ports of ours that are down, so that whoever looks for ours finds them. Perhaps it is gone again before the end.
/// </summary>
internal sealed class OtherGroups(Cluster cluster, Plan plan)
{
    private const long Second = 1_000_000;
    private const long LookAgainUs = 300_000;

    private readonly SimWorld _world = cluster.World;

    private Chance Chance => _world.Chance;

    public void Begin(bool fromCopy)
    {
        if (cluster.Neighbours is not null)
            return;
        ReplicaNode? copied = null;
        if (fromCopy)
        {
            List<ReplicaNode> holding = cluster.Replicas.FindAll(r => NeighbourGroup.CanCopy(r, cluster.Ledger));
            if (holding.Count == 0)
                return;
            copied = Chance.Pick(holding);
        }

        var neighbours = new NeighbourGroup(cluster, plan, copied);
        cluster.Neighbours = neighbours;
        foreach (SimProcess process in neighbours.Processes)
        {
            process.IsHeldDown = !neighbours.MayStart(process);
            _world.Time.After(Chance.Skewed(0, Second), () => StartOne(neighbours, process));
        }

        if (Chance.OneIn(3))
            _world.Time.After(Chance.Skewed(Second, 10 * Second), neighbours.TakeAway);
    }

    private void StartOne(NeighbourGroup neighbours, SimProcess process)
    {
        if (neighbours.IsGone)
            return;
        process.IsHeldDown = !neighbours.MayStart(process);
        if (process.IsHeldDown)
        {
            _world.Time.After(LookAgainUs, () => StartOne(neighbours, process));
            return;
        }

        if (process is not UserNode && Chance.OneIn(2))
            TakePort(process);
        process.Start();
    }

    /// <summary>One of ours moves to another machine, or rather another port.</summary>
    private void TakePort(SimProcess process)
    {
        SimProcess ours = process is FrontEndNode ? Chance.Pick(cluster.FrontEnds) : Chance.Pick(cluster.Replicas);
        ours.Kill();
        process.TakePlaceOf(ours);
        _world.Time.After(Chance.Skewed(50_000, 5 * Second), () =>
        {
            if (!ours.IsTakenAway)
                ours.Start();
        });
    }
}
