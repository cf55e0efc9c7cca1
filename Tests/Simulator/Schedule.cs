using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Faults;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator;

/// <summary>
/// The schedule of one seed, from the cluster's first start to the verdict: faults happen while users order; then everything heals, every
/// user must get a new order acknowledged, all replicas must become equal, and the users' history must be that of one shop.
/// </summary>
internal sealed class Schedule
{
    private const long Second = 1_000_000;

    /// <summary>How long processes have to serve again once everything is healed: many times the sum of their time-outs.</summary>
    private const long RecoveryUs = 90 * Second;

    /// <summary>
    /// A replica that was ill must be a member again by then: longer than the longest time for which front ends keep one out.
    /// </summary>
    private const long ForgivenUs = 600 * Second;

    /// <summary>The longest that a front end keeps a request, or a name server the name of a process that is gone, and some more.</summary>
    private const long RestUs = 30 * Second;

    private readonly SimWorld _world;
    private readonly Plan _plan;
    private readonly Cluster _cluster;
    private readonly FaultInjector _faults;

    private Schedule(ulong seed, bool keepLines)
    {
        _world = new SimWorld(seed, keepLines);
        _plan = new Plan(_world.Chance);
        _cluster = new Cluster(_world, _plan);
        _faults = new FaultInjector(_cluster, _plan);
        if (keepLines)
            _world.Say("", _plan.ToString());
    }

    /// <summary>Runs the schedule of a seed.</summary>
    public static Outcome Run(ulong seed, bool keepLines)
    {
        var schedule = new Schedule(seed, keepLines);
        string? violation = null;
        var rare = new RareCounts();
        Rare.CountIn(rare.Counts);
        try
        {
            schedule.Run();
        }
        catch (ViolationException e)
        {
            violation = e.Message;
            if (keepLines)
                schedule._world.Say("", "VIOLATION " + (e.InnerException?.ToString() ?? e.Message));
        }

        Rare.CountIn(null);
        return new Outcome(
            seed, violation, schedule._world.Trace.Hash, schedule._world.Time.Steps, schedule._cluster.Ledger.ReleasedUpdates,
            schedule._cluster.Ledger.Views.Count, rare, schedule._world.Trace.Lines);
    }

    private void Run()
    {
        foreach (SimProcess process in _cluster.Processes)
            _world.Time.After(_world.Chance.Skewed(0, Second), process.Start);
        long quietUs = _plan.QuietUs;
        _world.Time.After(quietUs, _faults.Begin);
        _world.Time.Run(quietUs + _plan.FaultsUs);

        _cluster.IsCalm = true;
        _faults.Heal();
        if (_world.Trace.KeepsLines)
            _world.Say("", "everything is healed");
        Recover(RecoveryUs);
        CheckEqual();
        CheckAtRest();
        if (!_cluster.Ledger.HasLost)
            Linearizability.Check(_cluster.HistoryAtRest, _cluster.UserIds);
        if (_plan.Illness is not { } illness)
            return;

        // What users do from here on is too much for the linearizability search; the ledger goes on checking.
        Suffer(illness);
        CheckEqual();
        CheckAtRest();
    }

    /// <summary>Every user has further wishes, which must be fulfilled, and the replicas must become equal.</summary>
    private void Recover(long withinUs)
    {
        _cluster.Conclude();
        if (!RunUntil(() => _cluster.Users.TrueForAll(u => u.Plan.IsDone && u.IsContent) && _cluster.Neighbours is null or { IsContent: true }, RecoveryUs))
            throw new ViolationException("12: after the faults a user waits in vain: " + string.Join("; ", _cluster.Users.Where(u => !u.IsContent).Select(u => u.Name)) +
                (_cluster.Neighbours is { IsContent: false } ? "; the other group's user" : ""));
        if (!RunUntil(HasConverged, withinUs))
            throw new ViolationException("12: after the faults the replicas do not converge: " + Describe());
    }

    /// <summary>Some replicas are ill for good, users go on, and both the answers and the views are judged.</summary>
    private void Suffer(Illness illness)
    {
        var lasting = new LastingIllness(_cluster, illness, _plan.MinReplicas);
        lasting.Begin();
        foreach (UserNode user in _cluster.Users)
            user.Plan.GoOn(illness.PauseMostMs);
        _world.Time.Run(_world.NowUs + Illness.LastsUs);
        int views = _cluster.Ledger.Views.Count;
        lasting.Cure();
        Recover(ForgivenUs);
        lasting.Judge(views);
    }

    private bool RunUntil(Func<bool> done, long withinUs)
    {
        long untilUs = _world.NowUs + withinUs;
        while (_world.NowUs < untilUs)
        {
            _world.Time.Run(Math.Min(untilUs, _world.NowUs + (Second / 10)));
            if (done())
                return true;
        }

        return false;
    }

    private bool HasConverged() =>
        _cluster.Ledger.View is { Joining: null } view && view.Members.Count == _cluster.Replicas.Count && _cluster.Replicas.TrueForAll(r => view.IsMember(r.Member)) &&
        _cluster.Replicas.TrueForAll(r =>
            r.Core is { } core && core.Adopted?.Epoch == view.Epoch && core.Replica.Log.Commit == core.Replica.Log.Last.Index &&
            core.Replica.Shop.IsLoaded && core.Replica.Shop.Index == core.Replica.Log.Last.Index &&
            core.Replica.Log.Last == _cluster.Replicas[0].Core!.Replica.Log.Last);

    private void CheckAtRest()
    {
        if (!RunUntil(() => AtRest.LeftOver(_cluster) is null, RestUs))
            throw new ViolationException($"12: nobody asks for anything, and {AtRest.LeftOver(_cluster)}");
    }

    private void CheckEqual()
    {
        foreach (ReplicaNode replica in _cluster.Replicas)
        {
            if (replica.Core!.Replica.Shop.State!.Digest() != _cluster.Replicas[0].Core!.Replica.Shop.State!.Digest())
                throw new ViolationException($"12: {replica.Name} and {_cluster.Replicas[0].Name} hold different states at the end");
            Books.Check(Disk.TablesImage.Of(replica.Core.Replica.Shop.State!, EntryPosition.Start).Chunks, _cluster.Ledger.SuppliedUpTo(replica.Core.Replica.Shop.Index));
        }
    }

    private string Describe()
    {
        View? view = _cluster.Ledger.View;
        return $"{view}; " + string.Join("; ", _cluster.Replicas.Select(r => r.Core is { Replica: { } core }
            ? $"{r.Name}{(view?.IsMember(r.Member) == true ? "" : " (spare)")} adopted {r.Core.Adopted?.Epoch} log {core.Log.Last} commit {core.Log.Commit} applied {core.Shop.Index}"
            : $"{r.Name} down"));
    }
}

/// <summary>The result of a seed.</summary>
/// <param name="Steps">How many events it had.</param>
/// <param name="Updates">How many updates were acknowledged.</param>
internal sealed record Outcome(ulong Seed, string? Violation, ulong Hash, long Steps, int Updates, int Views, RareCounts Rare, IReadOnlyList<string> Trace);
