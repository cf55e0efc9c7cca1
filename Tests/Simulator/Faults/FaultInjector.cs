using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>Causes faults for as long as the plan says, and then heals everything.</summary>
internal sealed partial class FaultInjector(Cluster cluster, Plan plan)
{
    private const long Second = 1_000_000;
    private const int HurriedWishes = 8;

    private readonly SimWorld _world = cluster.World;
    private readonly Hands _hands = new(cluster);
    private readonly HandOvers _handOvers = new(cluster);
    private readonly WrongDisks _wrongDisks = new(cluster);
    private readonly Strangers _strangers = new(cluster);
    private readonly OtherGroups _otherGroups = new(cluster, plan);
    private bool _isOver;

    private Chance Chance => _world.Chance;

    public void Begin()
    {
        if (plan.Weights.Count > 0)
            PlanNext();
    }

    /// <summary>Starts and reconnects everything, for good.</summary>
    public void Heal()
    {
        _isOver = true;
        _wrongDisks.PutBack();
        _strangers.TakeAway();
        _world.Network.HealAll();
        foreach (ReplicaNode replica in cluster.Processes.OfType<ReplicaNode>())
            replica.Health.Heal();
        cluster.Names.Storage.Health.Heal();
        foreach (SimProcess process in cluster.Processes)
        {
            process.Spare();
            process.Load.End();
            process.Thaw();
            process.Start();
        }
    }

    private void PlanNext() => _world.Time.After(Chance.Skewed(1_000, 4 * plan.FaultEveryUs), () =>
    {
        if (_isOver)
            return;
        Do(PickKind());
        PlanNext();
    });

    private FaultKind PickKind()
    {
        int at = Chance.Below(plan.Weights.Sum(w => w.Weight));
        foreach ((FaultKind kind, int weight) in plan.Weights)
        {
            if ((at -= weight) < 0)
                return kind;
        }

        throw new InvalidOperationException("weights do not add up");
    }

    private void Do(FaultKind kind)
    {
        if (_world.Trace.KeepsLines)
            _world.Say("fault", kind.ToString());
        _world.Trace.Mix((ulong)kind);
        switch (kind)
        {
            case FaultKind.Kill:
                KillOne();
                break;
            case FaultKind.KillAll:
                foreach (SimProcess process in cluster.Processes.Where(_ => !Chance.OneIn(6)))
                    KillAndRestart(process, 2 * Second);
                break;
            case FaultKind.PowerLoss:
                LosePower(AnyDaemon(), 3 * Second);
                break;
            case FaultKind.PowerLossAll:
                foreach (SimProcess process in cluster.Processes.Where(_ => !Chance.OneIn(6)))
                    LosePower(process, 2 * Second);
                break;
            case FaultKind.Freeze:
                Freeze(AnyDaemon());
                break;
            case FaultKind.CutOneWay:
                CutFor(AnyDaemon(), AnyDaemon(), LongTime());
                break;
            case FaultKind.Isolate:
                Isolate();
                break;
            case FaultKind.Partition:
                Partition();
                break;
            case FaultKind.LeaveAlone:
                LeaveAlone();
                break;
            case FaultKind.SlowLink:
                SlowLink(AnyDaemon(), AnyDaemon(), LongTime());
                break;
            case FaultKind.ThinLink:
                ThinLink(AnyDaemon(), AnyDaemon());
                break;
            case FaultKind.LossyLink:
                LossyLink(AnyDaemon(), AnyDaemon());
                break;
            case FaultKind.Reset:
            case FaultKind.HalfOpen:
                BreakConnections(kind == FaultKind.Reset);
                break;
            case FaultKind.SlowDisk:
                SlowDisk(AnyReplica());
                break;
            case FaultKind.HangDisk:
                AnyReplica().Health.HangsUntilUs = _world.NowUs + Chance.Skewed(100_000, 5 * Second);
                break;
            case FaultKind.FailDisk:
                AnyReplica().Health.FailsNext = true;
                break;
            case FaultKind.FailTables:
                AnyReplica().Health.FailsNextTables = true;
                break;
            case FaultKind.FullDisk:
                AnyReplica().Health.FullUntilUs = _world.NowUs + LongTime();
                break;
            case FaultKind.SlowNameDisk:
                SlowNameDisk();
                break;
            case FaultKind.FailNameDisk:
                cluster.Names.Storage.Health.FailsNext = true;
                break;
            case FaultKind.Overload:
                Overload(AnyDaemon());
                break;
            case FaultKind.SetDate:
                AnyDaemon().Clocks.SetDate(Chance);
                break;
            case FaultKind.Wipe:
                Wipe(AnyReplica());
                break;
            case FaultKind.Stop:
                Stop(AnyDaemon());
                break;
            case FaultKind.AddServer:
                if (cluster.Replicas.Count < 6)
                    cluster.AddReplica().Start();
                break;
            case FaultKind.RemoveServer:
                Remove(AnyReplica());
                break;
            case FaultKind.WrongDisks:
                _wrongDisks.Exchange();
                break;
            case FaultKind.TwoClusters:
                _strangers.Restore(_wrongDisks);
                break;
            case FaultKind.OtherGroup:
            case FaultKind.GroupFromCopy:
                _otherGroups.Begin(fromCopy: kind == FaultKind.GroupFromCopy);
                break;
            case FaultKind.Promote:
                _handOvers.Promote();
                break;
            case FaultKind.PromoteUncleanly:
                _hands.PromoteUncleanly();
                break;
            case FaultKind.LoseRegister:
                _hands.LoseRegister();
                break;
            default:
                throw new InvalidOperationException($"no such fault: {kind}");
        }
    }

    private bool MayLoseDisk(ReplicaNode replica) => cluster.MayLoseDisk(replica) && !_hands.AreToKeep(replica.Member) && !_wrongDisks.AreExchanged(replica);

    private ReplicaNode AnyReplica() => Chance.Pick(cluster.Replicas);

    /// <summary>Mostly a replica, and of those mostly the primary: faults elsewhere matter less.</summary>
    private SimProcess AnyDaemon()
    {
        if (cluster.Neighbours is { IsGone: false } neighbours && Chance.OneIn(8))
            return Chance.Pick(neighbours.Processes);
        int at = Chance.Below(10);
        if (at < 3 && cluster.Ledger.View is { } view && cluster.Replicas.Find(r => r.Id == view.Primary) is { } primary)
            return primary;
        return at < 7 ? AnyReplica() : at < 9 ? Chance.Pick(cluster.FrontEnds) : cluster.Names;
    }

    private long LongTime() => Chance.OneIn(3) ? Chance.Skewed(Second, 20 * Second) : Chance.Between(10_000, 2 * Second);

    private void KillOne()
    {
        SimProcess process = Chance.OneIn(8) ? Chance.Pick(cluster.Users) : AnyDaemon();
        if (Chance.OneIn(2))
        {
            KillAndRestart(process, 3 * Second);
            return;
        }

        process.DieAtNextEffects();
        _world.Time.After(Chance.Skewed(50_000, 3 * Second), () => Restart(process));
    }

    private void KillAndRestart(SimProcess process, long awayMostUs)
    {
        process.Kill();
        _world.Time.After(Chance.Skewed(1_000, awayMostUs), () => Restart(process));
    }

    private void LosePower(SimProcess process, long awayMostUs)
    {
        process.LosePower();
        _world.Time.After(Chance.Skewed(100_000, awayMostUs), () => Restart(process));
    }

    private static void Restart(SimProcess process)
    {
        if (!process.IsTakenAway)
            process.Start();
    }

    private void Freeze(SimProcess process)
    {
        process.Freeze();
        _world.Time.After(Chance.OneIn(10) ? Chance.Between(Second, 60 * Second) : Chance.Skewed(20_000, 8 * Second), process.Thaw);
    }

    private void Wipe(ReplicaNode replica)
    {
        if (!MayLoseDisk(replica))
            return;
        replica.LosePower();
        replica.Wipe();
        _world.Time.After(Chance.Skewed(100_000, 2 * Second), () => Restart(replica));
    }

    /// <summary>
    /// Stops a process as the daemons stop: a primary waits up to a second for another to lead, a front end up to a second for its answers.
    /// </summary>
    private void Stop(SimProcess process)
    {
        process.AskToStop();
        _world.Time.After(Chance.Between(20_000, Second), process.InThisRun(() => KillAndRestart(process, 2 * Second)));
    }

    /// <summary>Never removes so many that too few are left to fill a view.</summary>
    private void Remove(ReplicaNode replica)
    {
        if (cluster.Replicas.Count <= plan.MinReplicas + 1 || !MayLoseDisk(replica))
            return;
        replica.Kill();
        replica.IsTakenAway = true;
        cluster.Replicas.Remove(replica);
        cluster.Ledger.Lost(replica.Disk.Id);
    }
}
