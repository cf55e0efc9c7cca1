using JustHungry.Simulator.Network;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

internal sealed partial class FaultInjector
{
    private void CutFor(SimProcess from, SimProcess to, long forUs)
    {
        if (from == to)
            return;
        _world.Network.SetCut(from, to, true);
        _world.Time.After(forUs, () => _world.Network.SetCut(from, to, false));
    }

    private void Isolate()
    {
        SimProcess one = AnyDaemon();
        long forUs = LongTime();
        foreach (SimProcess other in cluster.Processes.Where(_ => !Chance.OneIn(3)))
        {
            CutFor(one, other, forUs);
            CutFor(other, one, forUs);
        }
    }

    private void Partition()
    {
        List<SimProcess> left = [];
        List<SimProcess> right = [];
        foreach (SimProcess process in cluster.Processes)
            (Chance.OneIn(2) ? left : right).Add(process);
        long forUs = LongTime();
        foreach (SimProcess a in left)
        {
            foreach (SimProcess b in right)
            {
                CutFor(a, b, forUs);
                CutFor(b, a, forUs);
            }
        }
    }

    private void LeaveAlone()
    {
        if (cluster.Ledger.View is not { } view || cluster.Replicas.Find(r => r.Id == view.Primary) is not { } primary)
            return;

        SimProcess frontEnd = Chance.Pick(cluster.FrontEnds);
        long forUs = Chance.Between(Second / 2, 6 * Second);
        foreach (ReplicaNode replica in cluster.Replicas.Where(r => r != primary))
            SlowLink(replica, primary, forUs);
        _world.Time.After(Chance.Skewed(1_000, Second / 2), () =>
        {
            foreach (SimProcess other in cluster.Processes.Where(p => p != primary && p != frontEnd && p is not UserNode))
            {
                CutFor(primary, other, forUs);
                if (other is not ReplicaNode)
                    CutFor(other, primary, forUs);
                CutFor(frontEnd, other, forUs);
                CutFor(other, frontEnd, forUs);
            }

            // Some users are served by the deposed primary and some by its successor; make them busy, so that there is something to
            // contradict.
            foreach (UserNode user in cluster.Users)
                _world.Time.After(Chance.Between(0, forUs / 2), () => user.Plan.Hurry(HurriedWishes, onlyLooks: Chance.OneIn(2)));
        });
    }

    private void SlowLink(SimProcess from, SimProcess to, long forUs)
    {
        Link link = _world.Network.Link(from, to);
        link.DelayLeastUs = Chance.Between(1_000, Second);
        link.DelayMostUs = link.DelayLeastUs + Chance.Between(5_000, 2 * Second);
        _world.Time.After(forUs, link.BeQuick);
    }

    private void BreakConnections(bool atBothEnds)
    {
        foreach (SimSocket socket in _world.Network.Sockets.Where(_ => Chance.OneIn(6)).ToList())
        {
            if (socket.IsGone)
                continue;
            if (atBothEnds)
                _world.Network.Reset(socket);
            else
                _world.Network.Break(socket, losesUnsent: Chance.OneIn(2));
        }
    }
}
