using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Nodes;
using static JustHungry.Simulator.Scenarios.Scenario;

namespace JustHungry.Simulator.Scenarios;

/// <summary>Views that follow one another while a replica is behind, dead, restarted or wiped.</summary>
internal static class Changes
{
    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(Two_views_that_the_primary_has_not_heard_of_end_its_epoch), Two_views_that_the_primary_has_not_heard_of_end_its_epoch),
        new(nameof(A_backup_that_lacks_the_view_takes_an_entry_that_the_next_primary_cuts), A_backup_that_lacks_the_view_takes_an_entry_that_the_next_primary_cuts),
        new(nameof(A_join_that_was_given_up_begins_from_nothing), A_join_that_was_given_up_begins_from_nothing),
        new(nameof(An_admitted_replica_that_is_dead_holds_up_everything_until_it_is_dropped), An_admitted_replica_that_is_dead_holds_up_everything_until_it_is_dropped),
        new(nameof(An_admitted_replica_that_was_wiped_is_no_member), An_admitted_replica_that_was_wiped_is_no_member),
        new(nameof(A_restarted_primary_leads_again_in_the_view_of_a_join), A_restarted_primary_leads_again_in_the_view_of_a_join),
        new(nameof(A_joining_replica_that_restarts_is_brought_level_again), A_joining_replica_that_restarts_is_brought_level_again),
        new(nameof(A_dropped_backup_that_adopted_the_view_before_blocks_nobody), A_dropped_backup_that_adopted_the_view_before_blocks_nobody),
        new(nameof(A_primary_that_dies_before_it_adopts_is_replaced), A_primary_that_dies_before_it_adopts_is_replaced),
        new(nameof(A_tail_of_a_view_that_never_committed_is_cut), A_tail_of_a_view_that_never_committed_is_cut),
    ];

    private static void Two_views_that_the_primary_has_not_heard_of_end_its_epoch()
    {
        var stage = new Stage(4);
        View first = stage.Open(1, 2, 3, 4);
        View second = stage.Make(ProposalKind.Promote, 1, [1, 3, 4]);
        View third = stage.Make(ProposalKind.Promote, 3, [3, 4]);
        stage.Tell(third, 3, 4);
        Users.Operation order = stage.Order(stage.User, "bread", 1);
        stage.Done(stage.Other.Execute(stage[3], third.Epoch, stage.Second, stage.Order(stage.Second, "bread", 4)));
        stage.Done(stage.Other.Barrier(stage[3], third.Epoch));
        Call late = stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, order);
        Call barrier = stage.FrontEnd.Barrier(stage[1], first.Epoch);
        stage.Run(1_000);

        Expect(barrier.Type != Protocol.Framing.MessageType.Propagated, $"a barrier of an epoch that is two views old completes, {late}", stage);
        stage.Tell(second, 1);
        Expect(stage[1].Core!.Adopted!.Epoch >= second.Epoch && !stage[1].Core!.IsLeading, "it leads in a view that was replaced before it heard of it", stage);
    }

    private static void A_backup_that_lacks_the_view_takes_an_entry_that_the_next_primary_cuts()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        EntryIndex next = stage[1].Disk.DurableLog.Last.Index.Next;
        stage.Isolate(2, 1, 3);
        View second = stage.Make(ProposalKind.Promote, 2, [1, 2, 3]);
        stage.Tell(second, 2);
        stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        Call barrier = stage.FrontEnd.Barrier(stage[1], first.Epoch);
        Expect(stage.RunUntil(() => stage[3].Disk.DurableLog.EpochAt(next) == first.Epoch), "3 has not heard of the view, and takes the entry", stage);
        Expect(!barrier.IsAnswered, "without 2 nothing is confirmed", stage);

        stage.Rejoin(2, 1, 3);
        stage.Tell(second, 1, 3);
        stage.Done(stage.Other.Barrier(stage[2], second.Epoch));
        Expect(stage[3].Disk.DurableLog.EpochAt(next) == second.Epoch && stage[1].Disk.DurableLog.EpochAt(next) == second.Epoch, "the entry is still there", stage);
        Call left = stage.Done(stage.Other.Execute(stage[2], second.Epoch, stage.User, Stage.Read(stage.User, RequestKind.ViewOrders)));
        Expect(left.Answer is Protocol.Ordering.OrdersAnswer { Orders.Count: 0 }, "an order that was cut is shown", stage);
    }

    private static void A_join_that_was_given_up_begins_from_nothing()
    {
        var stage = new Stage(3);
        stage.Open(1, 2);
        stage.Tell(stage.Make(ProposalKind.Join, 1, [1, 2], joining: 3), 1, 2, 3);
        Expect(stage.RunUntil(() => Evidence(stage)), "3 is level", stage);
        View without = stage.Make(ProposalKind.Promote, 1, [1, 2]);
        stage.Tell(without, 1, 2);
        stage.Isolate(3, 1, 2);
        stage.Done(stage.FrontEnd.Execute(stage[1], without.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], without.Epoch));
        stage.Tell(stage.Make(ProposalKind.Join, 1, [1, 2], joining: 3), 1, 2);
        stage.Run(300);
        Expect(!Evidence(stage), "3 counts as level by what it acked before the join was given up", stage);
        stage.Rejoin(3, 1, 2);
        Expect(stage.RunUntil(() => Evidence(stage)), "3 is brought level again", stage);
    }

    private static void An_admitted_replica_that_is_dead_holds_up_everything_until_it_is_dropped()
    {
        var stage = new Stage(3);
        stage.Open(1, 2);
        stage.Tell(stage.Make(ProposalKind.Join, 1, [1, 2], joining: 3), 1, 2, 3);
        Expect(stage.RunUntil(() => Evidence(stage)), "3 is level", stage);
        stage[3].LosePower();
        View admitted = stage.Make(ProposalKind.Admit, 1, [1, 2, 3]);
        stage.Tell(admitted, 1, 2);
        stage.Done(stage.FrontEnd.Execute(stage[1], admitted.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        Call barrier = stage.FrontEnd.Barrier(stage[1], admitted.Epoch);
        stage.Run(1_000);
        Expect(!barrier.IsAnswered, "an order is confirmed without a member", stage);

        View dropped = stage.Make(ProposalKind.Promote, 1, [1, 2]);
        stage.Tell(dropped, 1, 2);
        stage.Done(stage.FrontEnd.Barrier(stage[1], dropped.Epoch));
        Expect(stage[2].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last, "the others go on without it", stage);
    }

    private static void An_admitted_replica_that_was_wiped_is_no_member()
    {
        var stage = new Stage(3);
        stage.Open(1, 2);
        stage.Tell(stage.Make(ProposalKind.Join, 1, [1, 2], joining: 3), 1, 2, 3);
        Expect(stage.RunUntil(() => Evidence(stage)), "3 is level", stage);
        View admitted = stage.Make(ProposalKind.Admit, 1, [1, 2, 3]);
        stage[3].LosePower();
        stage[3].Wipe();
        stage[3].Start();
        stage.Connect(stage[3]);
        stage.Run(50);
        stage.Tell(admitted, 1, 2, 3);
        stage.FrontEnd.Sync(stage[1], stage[3]);
        stage.Done(stage.FrontEnd.Execute(stage[1], admitted.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        Call barrier = stage.FrontEnd.Barrier(stage[1], admitted.Epoch);
        stage.Run(2_000);
        Expect(!barrier.IsAnswered, "a new disk has acked in the place of the admitted one", stage);
    }

    private static void A_restarted_primary_leads_again_in_the_view_of_a_join()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2);
        EntryIndex last = stage[1].Disk.DurableLog.Last.Index;
        stage[1].Kill();
        stage.Run(20);
        stage[1].Start();
        stage.Connect(stage[1]);
        stage.Run(50);
        View joined = stage.Make(ProposalKind.Join, 1, [1, 2], joining: 3);
        stage.Tell(joined, 1, 2, 3);
        stage.Done(stage.FrontEnd.Barrier(stage[1], joined.Epoch));
        Expect(stage[1].Core!.IsLeading, "the primary of a new view does not lead", stage);
        foreach (ReplicaNode replica in stage.Replicas)
            Expect(replica.Disk.DurableLog.EpochAt(last.Next) == joined.Epoch, $"{replica.Name} lacks ViewStarted of {joined} after {first}", stage);
    }

    private static void A_joining_replica_that_restarts_is_brought_level_again()
    {
        var stage = new Stage(3);
        stage.Open(1, 2);
        View joined = stage.Make(ProposalKind.Join, 1, [1, 2], joining: 3);
        stage.Tell(joined, 1, 2, 3);
        Expect(stage.RunUntil(() => Evidence(stage)), "3 is level", stage);
        stage[3].Kill();
        stage.Done(stage.FrontEnd.Execute(stage[1], joined.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        Call barrier = stage.FrontEnd.Barrier(stage[1], joined.Epoch);
        stage.Run(500);
        Expect(!barrier.IsAnswered, "an order is confirmed without joining", stage);
        stage[3].Start();
        stage.FrontEnd.Sync(stage[1], stage[3]);
        stage.Done(barrier);
        Expect(stage[3].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last, "3 lacks what was confirmed", stage);
    }

    private static void A_dropped_backup_that_adopted_the_view_before_blocks_nobody()
    {
        var stage = new Stage(3);
        stage.Open(1, 2, 3);
        View second = stage.Make(ProposalKind.Promote, 2, [1, 2, 3]);
        stage.Tell(second, 3);
        View third = stage.Make(ProposalKind.Promote, 1, [1, 2]);
        stage.Tell(third, 1, 2);
        stage.Done(stage.FrontEnd.Execute(stage[1], third.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], third.Epoch));
        Expect(stage[3].Core!.Adopted!.Epoch == second.Epoch, "3 has heard of the view in which it is none", stage);
    }

    private static void A_primary_that_dies_before_it_adopts_is_replaced()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], first.Epoch));
        stage[1].Kill();
        View second = stage.Make(ProposalKind.Promote, 2, [2, 3]);
        stage[2].Health.HangsUntilUs = stage.World.NowUs + 10_000_000;
        stage.FrontEnd.Tell(stage[2], second, stage.Replicas);
        stage.Run(100);
        stage[2].LosePower();
        stage[2].Health.Heal();
        View third = stage.Make(ProposalKind.Promote, 3, [2, 3]);
        stage[2].Start();
        stage.Connect(stage[2]);
        stage.Run(50);
        stage.Tell(third, 2, 3);
        stage.Done(stage.Other.Barrier(stage[3], third.Epoch));
        Call orders = stage.Done(stage.Other.Execute(stage[3], third.Epoch, stage.User, Stage.Read(stage.User, RequestKind.ViewOrders)));
        Expect(orders.Answer is Protocol.Ordering.OrdersAnswer { Orders.Count: 1 }, "an acknowledged order is gone", stage);
    }

    private static void A_tail_of_a_view_that_never_committed_is_cut()
    {
        var stage = new Stage(3);
        stage.Open(1, 2, 3);
        EntryIndex next = stage[1].Disk.DurableLog.Last.Index.Next;
        stage.Isolate(2, 1, 3);
        View second = stage.Make(ProposalKind.Promote, 2, [1, 2, 3]);
        stage.Tell(second, 2);
        for (int i = 0; i < 3; i++)
            stage.Done(stage.FrontEnd.Execute(stage[2], second.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
        Expect(stage.RunUntil(() => stage[2].Disk.DurableLog.Last.Index.Value >= next.Value + 3), "2 has a tail that nobody else has", stage);

        View third = stage.Make(ProposalKind.Promote, 1, [1, 2, 3]);
        stage.Tell(third, 1, 3);
        stage.Rejoin(2, 1, 3);
        stage.Tell(third, 2);
        stage.Done(stage.Other.Barrier(stage[1], third.Epoch));
        Expect(stage[2].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last, "the tail is still there", stage);
        Expect(stage.RunUntil(() => stage[2].Core!.Replica.Shop.State is not null && stage[2].Core!.Replica.Log.Commit == stage[1].Core!.Replica.Log.Commit), "2 commits", stage);
        Expect(stage[2].Core!.Replica.Shop.State!.Digest() == stage[1].Core!.Replica.Shop.State!.Digest(), "2 has kept what it applied as a primary", stage);
    }

    /// <summary>Whether the primary reports that the joining replica may be admitted.</summary>
    private static bool Evidence(Stage stage)
    {
        Call status = stage.Done(stage.FrontEnd.AskStatus(stage[1]));
        return status.Report!.Value.Spares.Any(s => s.Member == stage[3].Member && s.AckedViewStarted);
    }
}
