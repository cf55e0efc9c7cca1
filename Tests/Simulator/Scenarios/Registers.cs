using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Faults;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Scenarios;

/// <summary>
/// Whole clusters with real front ends and no random faults, whose register is away, has lost something, or knows a view that nobody was
/// told of.
/// </summary>
internal static class Registers
{
    private const long Second = 1_000_000;

    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(A_register_that_is_an_older_copy_is_noticed_and_can_be_repaired), A_register_that_is_an_older_copy_is_noticed_and_can_be_repaired),
        new(nameof(A_lost_register_makes_no_second_shop), A_lost_register_makes_no_second_shop),
        new(nameof(A_backup_that_restarts_while_the_name_server_is_away_is_taken_back), A_backup_that_restarts_while_the_name_server_is_away_is_taken_back),
        new(nameof(A_view_whose_maker_died_before_it_told_anybody_is_told_by_another), A_view_whose_maker_died_before_it_told_anybody_is_told_by_another),
    ];

    private static void A_register_that_is_an_older_copy_is_noticed_and_can_be_repaired() => LoseViews(keepsOne: true);

    private static void A_lost_register_makes_no_second_shop() => LoseViews(keepsOne: false);

    private static void A_backup_that_restarts_while_the_name_server_is_away_is_taken_back()
    {
        Cluster cluster = OpenCluster();
        SimWorld world = cluster.World;
        View view = cluster.Ledger.View!;
        ReplicaNode backup = BackupOf(cluster);
        backup.HasFixedPort = true; // at another port nobody could find it until the name server is back
        cluster.Names.Kill();
        backup.Kill();
        world.Time.Run(world.NowUs + Second);
        int answered = cluster.Ledger.ReleasedUpdates;
        cluster.Conclude();
        world.Time.Run(world.NowUs + (2 * Second));
        Expect(cluster.Ledger.ReleasedUpdates == answered, "an update is answered while a member is down", world);

        backup.Start();
        bool served = world.Time.Run(world.NowUs + (40 * Second), () => cluster.Users.TrueForAll(u => u.Plan.IsDone && u.IsContent));
        Expect(served, "with every member back a user waits for the name server", world);
        Expect(!backup.Core!.IsRegistered && cluster.Ledger.View == view, "the name server had a part in it", world);
        Checks.Linearizability.Check(cluster.History.Operations, cluster.UserIds);
    }

    private static void A_view_whose_maker_died_before_it_told_anybody_is_told_by_another()
    {
        Cluster cluster = OpenCluster();
        SimWorld world = cluster.World;
        View before = cluster.Ledger.View!;
        ReplicaNode primary = PrimaryOf(cluster);
        BackupOf(cluster).Kill();
        Expect(world.Time.Run(world.NowUs + (5 * Second), () => cluster.Ledger.View != before), "nobody drops a dead backup", world);
        foreach (FrontEndNode frontEnd in cluster.FrontEnds)
            frontEnd.Kill();
        View made = cluster.Ledger.View!;
        world.Time.Run(world.NowUs + Second);
        Expect(made.Primary == before.Primary && cluster.Replicas.TrueForAll(r => r.Core is null || r.Core.Adopted!.Epoch == before.Epoch), $"somebody was told of {made}", world);

        cluster.FrontEnds[^1].Start();
        bool leads = world.Time.Run(world.NowUs + Second, () => primary.Core is { IsLeading: true } core && core.Adopted!.Epoch == made.Epoch);
        Expect(leads && cluster.Ledger.View == made, $"the primary is not told of {made}", world);
        cluster.Conclude();
        bool served = world.Time.Run(world.NowUs + (40 * Second), () => cluster.Users.TrueForAll(u => u.Plan.IsDone && u.IsContent));
        Expect(served, $"in {made} a user waits in vain", world);
        Checks.Linearizability.Check(cluster.History.Operations, cluster.UserIds);
    }

    private static void LoseViews(bool keepsOne)
    {
        Cluster cluster = OpenCluster();
        SimWorld world = cluster.World;
        ReplicaNode primary = PrimaryOf(cluster);
        primary.Kill();
        world.Time.Run(world.NowUs + (4 * Second));
        primary.Start();
        world.Time.Run(world.NowUs + (6 * Second));
        View last = cluster.Ledger.View!;
        Expect(last.Epoch.Value >= 4 && last.IsMember(primary.Member), "a promotion, a join and an admission have been made", world);

        cluster.Names.Kill();
        cluster.Names.Storage.Forget(keepsOne ? cluster.Ledger.Views.Count - 1 : cluster.Ledger.Views.Count);
        world.Time.Run(world.NowUs + Second);
        cluster.Names.Start();
        world.Time.Run(world.NowUs + (3 * Second));
        PrimaryOf(cluster).Kill();
        world.Time.Run(world.NowUs + (6 * Second));
        Expect(cluster.Ledger.View == last, "the register has made a view, and is not the one that it was", world);

        PrimaryOf(cluster).Start();
        world.Time.Run(world.NowUs + Second);
        Expect(Repair(cluster).KeepsMembers, "all members answer, and are not kept", world);
        Serves(cluster);
        Checks.Linearizability.Check(cluster.History.Operations, cluster.UserIds);
    }

    /// <summary>Repairs as <c>nameserver repair</c> does, with every replica that is up.</summary>
    public static RepairPlan Repair(Cluster cluster)
    {
        SimWorld world = cluster.World;
        View? current = cluster.Names.Storage.View;
        UInt128 proposalId = world.Chance.Id();
        RepairPlan plan = RepairPlan.Of(current, [.. cluster.Replicas.Where(r => r.Core is not null).Select(r => r.Core!.Views.Report(default))], proposalId)!;
        var oper = new OperatorPuppet(world, cluster.NameServer);
        oper.Propose(new Propose(proposalId, ProposalKind.Repair, current?.Epoch ?? default, plan.View, default, false));
        world.Time.Run(world.NowUs + Second);
        Expect(oper.Outcome == ProposalOutcome.Accepted, $"the repair is {oper.Outcome}", world);
        return plan;
    }

    /// <summary>Expects that every user gets one more answer, and that all replicas become members.</summary>
    public static void Serves(Cluster cluster)
    {
        SimWorld world = cluster.World;
        cluster.Conclude();
        bool served = world.Time.Run(world.NowUs + (40 * Second), () => cluster.Users.TrueForAll(u => u.Plan.IsDone && u.IsContent));
        Expect(served, "a user waits in vain", world);
        bool isFull = world.Time.Run(world.NowUs + (40 * Second), () => cluster.Replicas.TrueForAll(r => cluster.Ledger.View!.IsMember(r.Member)));
        Expect(isFull, $"not all replicas are members of {cluster.Ledger.View}", world);
    }

    /// <summary>
    /// The cluster of the first seed that has at least three replicas, k = 2 and only real front ends; without its faults.
    /// </summary>
    public static Cluster OpenCluster(Func<Plan, bool>? isWanted = null)
    {
        for (ulong seed = 1; ; seed++)
        {
            var world = new SimWorld(seed, keepLines: true);
            var plan = new Plan(world.Chance);
            if (plan.ChaoticFrontEnds > 0 || plan.MinReplicas != 2 || isWanted?.Invoke(plan) == false)
                continue;
            plan.Weights.Clear();
            var cluster = new Cluster(world, plan) { IsCalm = true };
            foreach (SimProcess process in cluster.Processes)
                process.Start();
            world.Time.Run(5 * Second);
            return cluster;
        }
    }

    private static ReplicaNode PrimaryOf(Cluster cluster) => cluster.Replicas.Find(r => r.Id == cluster.Ledger.View!.Primary)!;

    public static ReplicaNode BackupOf(Cluster cluster) =>
        cluster.Replicas.Find(r => cluster.Ledger.View!.IsMember(r.Member) && r.Id != cluster.Ledger.View.Primary)!;

    public static void Expect(bool holds, string what, SimWorld world)
    {
        if (!holds)
            throw new ViolationException($"{what}\n{string.Join('\n', world.Trace.Lines.Where(l => l.Contains("**", StringComparison.Ordinal) || l.Contains("Propose", StringComparison.Ordinal)))}");
    }
}
