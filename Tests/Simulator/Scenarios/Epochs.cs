using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using static JustHungry.Simulator.Scenarios.Scenario;

namespace JustHungry.Simulator.Scenarios;

/// <summary>Who leads when, and what ends with an epoch.</summary>
internal static class Epochs
{
    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(A_restarted_primary_does_not_lead_again_in_its_epoch), A_restarted_primary_does_not_lead_again_in_its_epoch),
        new(nameof(A_primary_that_missed_an_epoch_counts_no_ack_from_before), A_primary_that_missed_an_epoch_counts_no_ack_from_before),
        new(nameof(A_lower_view_that_comes_late_changes_nothing), A_lower_view_that_comes_late_changes_nothing),
        new(nameof(An_adoption_that_was_not_synced_has_let_nothing_out), An_adoption_that_was_not_synced_has_let_nothing_out),
        new(nameof(An_ack_does_not_leave_once_a_later_view_is_heard_of), An_ack_does_not_leave_once_a_later_view_is_heard_of),
        new(nameof(A_deposed_primarys_entry_lives_on_if_the_new_primary_has_it), A_deposed_primarys_entry_lives_on_if_the_new_primary_has_it),
    ];

    private static void A_restarted_primary_does_not_lead_again_in_its_epoch()
    {
        var stage = new Stage(3);
        View view = stage.Open(1, 2, 3);
        stage[1].Kill();
        stage.Run(20);
        stage[1].Start();
        stage.Connect(stage[1]);
        stage.Run(50);
        Call again = stage.Done(stage.FrontEnd.Tell(stage[1], view, stage.Replicas));
        stage.Run(300);

        Expect(again.Type == Protocol.Framing.MessageType.ViewAdopted, "the view in force is acknowledged", stage);
        Expect(!stage[1].Core!.IsLeading, "a primary leads in an epoch that it adopted in an earlier run", stage);
        Call refused = stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        Expect(refused.Refusal == Refusal.NotLeading, "it executes in that epoch", stage);
    }

    private static void A_primary_that_missed_an_epoch_counts_no_ack_from_before()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);

        // 3 acks the order, 2 does not get it.
        stage.Isolate(1, 2);
        stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        stage.Run(50);
        EntryIndex order = stage[1].Core!.Replica.Log.Last.Index;
        Expect(stage[3].Disk.DurableLog.Last.Index == order, "3 holds the order", stage);

        // 2 is promoted without 1, and cuts the order at 3.
        stage.Isolate(1, 3);
        View second = stage.Make(ProposalKind.Promote, 2, [1, 2, 3]);
        stage.Tell(second, 2, 3);
        stage.RunUntil(() => stage[3].Disk.DurableLog.EpochAt(order) == second.Epoch);
        Expect(stage[3].Disk.DurableLog.EpochAt(order) == second.Epoch, "the order is cut at 3", stage);

        // 1 becomes primary again, and has 3's old ack.
        View third = stage.Make(ProposalKind.Promote, 1, [1, 3]);
        stage.Tell(third, 1);
        Call barrier = stage.FrontEnd.Barrier(stage[1], third.Epoch);
        stage.Run(200);
        Expect(!barrier.IsAnswered || barrier.Refusal is not null, "a barrier completes on an ack of a skipped epoch", stage);
        Expect(stage[1].Core!.Replica.Log.Commit < order, "an entry commits on an ack of a skipped epoch", stage);

        stage.Rejoin(1, 3);
        stage.Tell(third, 3);
        Expect(stage.RunUntil(() => stage[1].Core!.Replica.Log.Commit > order), "3 is brought level and everything commits", stage);
    }

    private static void A_lower_view_that_comes_late_changes_nothing()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        View second = stage.Make(ProposalKind.Promote, 2, [1, 2, 3]);
        stage.Tell(second, 1, 2, 3);
        stage.Run(100);
        Call late = stage.Done(stage.Other.Tell(stage[1], first, stage.Replicas));
        stage.Run(100);

        Expect(late.Refusal == Refusal.OldEpoch, "an old view is not refused", stage);
        Expect(!stage[1].Core!.IsLeading && stage[2].Core!.IsLeading, "an old view has made its primary lead again", stage);
    }

    private static void An_adoption_that_was_not_synced_has_let_nothing_out()
    {
        var stage = new Stage(3);
        stage.Open(1, 2, 3);
        View second = stage.Make(ProposalKind.Promote, 2, [1, 2, 3]);
        stage[2].Health.HangsUntilUs = stage.World.NowUs + 10_000_000;
        Call told = stage.FrontEnd.Tell(stage[2], second, stage.Replicas);
        Call asked = stage.FrontEnd.AskStatus(stage[2]);
        stage.Run(500);

        Expect(!told.IsAnswered, "a view is acknowledged before it is on the disk", stage);
        Expect(asked.Report is { } report && report.Adopted < second.Epoch, "Status shows a view that is not on the disk", stage);
        Expect(!stage[2].Core!.IsLeading, "a primary leads before its view is on the disk", stage);
        stage[2].LosePower();
        stage[2].Health.Heal();
        stage[2].Start();
        stage.Run(100);
        Expect(stage[2].Core!.Adopted is not null, "the earlier view is still there", stage);
    }

    private static void An_ack_does_not_leave_once_a_later_view_is_heard_of()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        stage[3].Health.SyncLeastUs = stage[3].Health.SyncMostUs = 100_000;
        stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        Call barrier = stage.FrontEnd.Barrier(stage[1], first.Epoch);
        stage.RunUntil(() => !ReferenceEquals(stage[3].Disk.Log, stage[3].Disk.DurableLog));
        View second = stage.Make(ProposalKind.Promote, 2, [2, 3]);
        stage.FrontEnd.Tell(stage[3], second, stage.Replicas);
        stage.Run(1_000);

        Expect(stage[3].Core!.Adopted!.Epoch == second.Epoch, "3 has adopted the view behind the running write", stage);
        Expect(barrier.Type != Protocol.Framing.MessageType.Propagated, "3 has acked in an epoch that it knew to be over", stage);
    }

    private static void A_deposed_primarys_entry_lives_on_if_the_new_primary_has_it()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        stage.Isolate(1, 3);
        Users.Operation order = stage.Order(stage.User, "bread", 1);
        stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, order);
        stage.Run(50);
        stage.Isolate(1, 2);
        View second = stage.Make(ProposalKind.Promote, 2, [2, 3]);
        stage.Tell(second, 2, 3);
        Call again = stage.Done(stage.Other.Execute(stage[2], second.Epoch, stage.User, order));
        stage.Done(stage.Other.Barrier(stage[2], second.Epoch));
        Call orders = stage.Done(stage.Other.Execute(stage[2], second.Epoch, stage.User, Stage.Read(stage.User, RequestKind.ViewOrders)));

        Expect(again.Answer is Protocol.Ordering.OrderAnswer, "the repetition gets the first answer", stage);
        Expect(orders.Answer is Protocol.Ordering.OrdersAnswer { Orders.Count: 1 }, "the order was placed once", stage);
    }
}
