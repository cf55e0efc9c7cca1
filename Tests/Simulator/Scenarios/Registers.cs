using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Faults;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Scenarios;

/// <summary>Whole clusters with real front ends, no random faults, and a register that is not what it was.</summary>
internal static class Registers
{
    private const long Second = 1_000_000;

    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(A_register_that_is_an_older_copy_is_noticed_and_can_be_repaired), A_register_that_is_an_older_copy_is_noticed_and_can_be_repaired),
        new(nameof(A_lost_register_makes_no_second_shop), A_lost_register_makes_no_second_shop),
    ];

    private static void A_register_that_is_an_older_copy_is_noticed_and_can_be_repaired() => LoseViews(keepsOne: true);

    private static void A_lost_register_makes_no_second_shop() => LoseViews(keepsOne: false);

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

        var repaired = last with { Epoch = new(last.Epoch.Value + 1_000) };
        var oper = new OperatorPuppet(world, cluster.NameServer);
        oper.Propose(new Propose(world.Chance.Id(), ProposalKind.Repair, keepsOne ? new(1) : default, repaired, default, false));
        world.Time.Run(world.NowUs + Second);
        Expect(oper.Outcome == ProposalOutcome.Accepted, $"the repair is {oper.Outcome}", world);
        foreach (UserNode user in cluster.Users)
            user.Plan.Conclude();
        bool served = world.Time.Run(world.NowUs + (40 * Second), () => cluster.Users.TrueForAll(u => u.Plan.IsDone && u.IsContent));
        Expect(served, "after the repair a user waits in vain", world);
        Checks.Linearizability.Check(cluster.History.Operations, [.. cluster.Users.Select(u => u.Profile.Id)]);
    }

    /// <summary>The first seed whose cluster has three replicas at least, k = 2 and real front ends only; without its faults.</summary>
    private static Cluster OpenCluster()
    {
        for (ulong seed = 1; ; seed++)
        {
            var world = new SimWorld(seed, keepLines: true);
            var plan = new Plan(world.Chance);
            if (plan.ChaoticFrontEnds > 0 || plan.MinReplicas != 2)
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

    private static void Expect(bool holds, string what, SimWorld world)
    {
        if (!holds)
            throw new ViolationException($"{what}\n{string.Join('\n', world.Trace.Lines.Where(l => l.Contains("**", StringComparison.Ordinal) || l.Contains("Propose", StringComparison.Ordinal)))}");
    }
}
