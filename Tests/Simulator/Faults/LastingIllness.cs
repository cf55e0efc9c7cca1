using JustHungry.Simulator.Network;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// Makes replicas ill, and judges how well users are served meanwhile: REPLICATION.md, "Who is to blame", says what is promised.
/// </summary>
internal sealed class LastingIllness(Cluster cluster, Illness illness, int minReplicas)
{
    private const long Second = 1_000_000;

    /// <summary>
    /// The longest that a user may wait for a final answer, whatever happens, not counting the time in which the user has given up for now.
    /// </summary>
    private const long WaitMostUs = 10 * Second;

    /// <summary>
    /// The same if everybody waits for disks that take up to 2 s for each sync, several times for each order and each view.
    /// </summary>
    private const long WaitMostTooFewUs = 20 * Second;

    /// <summary>
    /// For each ill replica, or each lossy link. A replica that was the reason for a change of view is tried again after 2, 4, 8, 16 and 32 s: six times in 90
    /// s, with three views each time; and two more views if it was the primary.
    /// </summary>
    private const int ViewsMostEach = 20;

    private readonly SimWorld _world = cluster.World;
    private readonly List<ReplicaNode> _patients = [];
    private long _beganUs;
    private int _viewsAtBegin;
    private bool _isOver;

    private Chance Chance => _world.Chance;

    public void Begin()
    {
        _beganUs = _world.NowUs;
        _viewsAtBegin = cluster.Ledger.Views.Count;
        if (_world.Trace.KeepsLines)
            _world.Say("illness", illness.ToString());
        int most = illness.LeavesTooFew ? cluster.Replicas.Count : cluster.Replicas.Count - minReplicas;
        _patients.AddRange(Candidates().Take(most).Take(illness.Ailments.Count));
        foreach ((ReplicaNode replica, Ailment ailment) in _patients.Zip(illness.Ailments))
            Strike(replica, ailment);
    }

    public void Cure()
    {
        _isOver = true;
        foreach (ReplicaNode replica in _patients)
        {
            replica.Health.Heal();
            replica.Load.End();
            foreach (Link link in LinksOf(replica))
                link.BytesPerMs = link.LossPercent = 0;
            replica.IsTakenAway = false;
            replica.Thaw();
            replica.Start();
        }
    }

    /// <summary>Call once every user has got the last answer.</summary>
    public void Judge(int viewsAtEnd)
    {
        long mostUs = illness.LeavesTooFew ? WaitMostTooFewUs : WaitMostUs;
        foreach (Operation operation in cluster.History.Operations.Where(o => o.InvokedUs >= _beganUs))
        {
            long waitedUs = operation.WaitedUs + (_world.NowUs - (operation.WaitsSinceUs ?? _world.NowUs));
            if (waitedUs > mostUs)
                throw new ViolationException($"12: while replicas are ill ({illness}), a user waits for too long, {waitedUs / Second} s: {operation}");
            if (!operation.IsAnswered && !operation.IsUpdate && !illness.LeavesTooFew)
                throw new ViolationException($"12: while replicas are ill ({illness}), a user gives up: {operation}");
        }

        // A lossy link may hold up any one who is behind it, and each follower that a primary loses is blamed for itself.
        int ills = _patients.Zip(illness.Ailments, (_, ailment) => ailment.LossPercent > 0 ? cluster.Replicas.Count - 1 : 1).Sum();
        int views = viewsAtEnd - _viewsAtBegin;
        if (views > ViewsMostEach * ills)
            throw new ViolationException($"12: while replicas are ill ({illness}), there are too many views: {views}");
    }

    private IEnumerable<ReplicaNode> Candidates()
    {
        return illness.StrikesPrimary && cluster.Ledger.View is { } view
            ? cluster.Replicas.OrderBy(r => r.Id != view.Primary)
            : cluster.Replicas.OrderBy(_ => Chance.Next());
    }

    private IEnumerable<Link> LinksOf(ReplicaNode replica) =>
        cluster.Processes.Where(p => p != replica).SelectMany(p => new[] { _world.Network.Link(p, replica), _world.Network.Link(replica, p) });

    private void Strike(ReplicaNode replica, Ailment ailment)
    {
        if (ailment.IsDead)
        {
            replica.IsTakenAway = true;
            replica.Kill();
            return;
        }

        if (ailment.SyncUs == Ailment.Hangs)
            replica.Health.HangsUntilUs = _world.NowUs + Illness.LastsUs;
        else if (ailment.SyncUs > 0)
            replica.Health.SyncLeastUs = replica.Health.SyncMostUs = ailment.SyncUs;
        if (ailment.IsFull)
            replica.Health.FullUntilUs = _world.NowUs + Illness.LastsUs;
        replica.Load.UsPerByte = ailment.UsPerByte;
        foreach (Link link in LinksOf(replica))
        {
            link.BytesPerMs = ailment.BytesPerMs;
            link.LossPercent = ailment.LossPercent;
        }

        if (ailment.Stutters)
            Stutter(replica);
    }

    private void Stutter(ReplicaNode replica)
    {
        if (_isOver)
            return;

        replica.Freeze();
        _world.Time.After(Chance.Between(Second * 2 / 5, Second * 9 / 10), () =>
        {
            replica.Thaw();
            _world.Time.After(Chance.Between(Second * 3 / 10, Second * 3 / 2), () => Stutter(replica));
        });
    }
}
