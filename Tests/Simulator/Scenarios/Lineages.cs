using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;
using static JustHungry.Simulator.Scenarios.Scenario;

namespace JustHungry.Simulator.Scenarios;

/// <summary>An operator's interventions: views that go on with what one replica, or every replica that answers, holds.</summary>
internal static class Lineages
{
    private const long Second = 1_000_000;

    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(What_is_acknowledged_after_a_repair_without_all_members_is_kept), What_is_acknowledged_after_a_repair_without_all_members_is_kept),
        new(nameof(Two_registers_that_promote_uncleanly_in_one_epoch_share_no_history), Two_registers_that_promote_uncleanly_in_one_epoch_share_no_history),
    ];

    /// <summary>
    /// The replica that answers was dropped long ago; its view's members hold a later log, whose base lies above the end of its own.
    /// </summary>
    private static void What_is_acknowledged_after_a_repair_without_all_members_is_kept()
    {
        Cluster cluster = Registers.OpenCluster(plan => plan.Options.LogTailBytes == 0 && plan.Replicas == 3);
        SimWorld world = cluster.World;
        View first = cluster.Ledger.View!;
        Registers.Expect(first.Members.Count == 3, "three members", world);
        ReplicaNode early = Registers.BackupOf(cluster);
        early.Kill();
        foreach (UserNode user in cluster.Users)
            user.Plan.Hurry(12, onlyLooks: false);
        world.Time.Run(world.NowUs + (15 * Second));
        Registers.Expect(!cluster.Ledger.View!.IsMember(early.Member), "it is dropped", world);
        List<ReplicaNode> others = [.. cluster.Replicas.Where(r => r != early)];
        Registers.Expect(others.TrueForAll(r => r.Disk.DurableLog.Base.Index > early.Disk.DurableLog.Last.Index), "the others' logs begin above the end of its own", world);

        foreach (SimProcess process in cluster.Replicas.Cast<SimProcess>().Append(cluster.Names))
            process.Kill();
        cluster.Names.Storage.Forget(int.MaxValue);
        cluster.Names.Start();
        early.Start();
        world.Time.Run(world.NowUs + (2 * Second));
        RepairPlan plan = Registers.Repair(cluster);
        foreach (ReplicaNode other in others)
            other.Start();
        Registers.Serves(cluster);
        Registers.Expect(cluster.Ledger.View!.Members.Count == 3 && plan.View.Members.Count == 1, $"the others begin anew and join: {cluster.Ledger.View}", world);

        early.LosePower();
        early.Wipe();
        early.Start();
        Registers.Serves(cluster);
    }

    /// <summary>Epoch and loss count are the same in both; only the lineage's id distinguishes them.</summary>
    private static void Two_registers_that_promote_uncleanly_in_one_epoch_share_no_history()
    {
        var stage = new Stage(3, minReplicas: 1);
        View first = stage.Open(1, 2, 3);
        stage[2].Kill();
        stage[3].Kill();
        View here = stage.Make(ProposalKind.Unclean, 1, [1]);
        stage.Tell(here, 1);
        Place(stage, here, 1, 3);
        EntryPosition given = stage[1].Disk.DurableLog.Last;
        DiskId disk = stage[1].Disk.Id;

        stage[1].Kill();
        stage.Ledger.ForgetLastView();
        stage[2].Start();
        stage.Connect(stage[2]);
        stage.Run(50);
        View there = stage.Make(ProposalKind.Unclean, 2, [2]);
        stage.Tell(there, 2);
        Place(stage, there, 2, 1);
        Expect(here.Epoch == there.Epoch && here.DataLoss == there.DataLoss && stage[2].Disk.DurableLog.Last == given, "the same positions stand for other entries", stage);

        stage[1].Start();
        stage.Connect(stage[1]);
        stage.Run(50);
        View next = stage.Make(ProposalKind.Promote, 2, [2]);
        stage.Tell(next, 2);
        stage.FrontEnd.Tell(stage[1], next, stage.Replicas);
        stage.Run(500);
        Expect(
            stage[1].Disk.Id == disk && stage[1].Core!.Adopted!.HasSameContentAs(here),
            "neither does it ack in a history that forked from its own, nor does it give its copy up, which nobody has decided on", stage);
    }

    private static void Place(Stage stage, View view, int primary, int quantity)
    {
        stage.Done(stage.FrontEnd.Execute(stage[primary], view.Epoch, stage.User, stage.Order(stage.User, "bread", quantity)));
        stage.Done(stage.FrontEnd.Barrier(stage[primary], view.Epoch));
    }
}
