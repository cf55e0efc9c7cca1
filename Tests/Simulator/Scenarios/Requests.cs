using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Replication;
using JustHungry.Simulator.Users;
using static JustHungry.Simulator.Scenarios.Scenario;

namespace JustHungry.Simulator.Scenarios;

/// <summary>Late copies of what a user asked for.</summary>
internal static class Requests
{
    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(A_refused_order_is_not_placed_by_a_late_copy), A_refused_order_is_not_placed_by_a_late_copy),
        new(nameof(A_copy_at_the_next_primary_gets_the_first_answer), A_copy_at_the_next_primary_gets_the_first_answer),
        new(nameof(A_copy_of_an_order_that_was_cut_is_placed_once), A_copy_of_an_order_that_was_cut_is_placed_once),
        new(nameof(A_copy_through_another_front_end_gets_the_first_answer), A_copy_through_another_front_end_gets_the_first_answer),
        new(nameof(A_late_verdict_of_an_old_epoch_changes_nothing), A_late_verdict_of_an_old_epoch_changes_nothing),
        new(nameof(A_copy_meets_the_request_table_of_a_state_transfer), A_copy_meets_the_request_table_of_a_state_transfer),
    ];

    private static void A_refused_order_is_not_placed_by_a_late_copy()
    {
        var stage = new Stage(2);
        View view = stage.Open(1, 2);
        Operation all = stage.Order(stage.Second, "bread", 4);
        stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.Second, all));
        Operation order = stage.Order(stage.User, "bread", 1);
        Call refused = stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, order));
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.Second, stage.Cancel(stage.Second, 1)));
        Call late = stage.Done(stage.Other.Execute(stage[1], view.Epoch, stage.User, order));

        Expect(refused.Answer is RefusalAnswer { Reason: AnswerCode.LowStock, Left: 0 }, "there was none left", stage);
        Expect(late.Answer == refused.Answer, "a refused order is placed by its copy", stage);
    }

    private static void A_copy_at_the_next_primary_gets_the_first_answer()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        Operation order = stage.Order(stage.User, "bread", 1);
        Call placed = stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, order));
        stage.Done(stage.FrontEnd.Barrier(stage[1], first.Epoch));
        stage[1].Kill();
        View second = stage.Make(ProposalKind.Promote, 3, [2, 3]);
        stage.Tell(second, 2, 3);
        Call again = stage.Done(stage.Other.Execute(stage[3], second.Epoch, stage.User, order));

        Expect(placed.Answer is OrderAnswer { Order.OrderId: 1 } && again.Answer is OrderAnswer { Order.OrderId: 1 }, "an order is placed twice", stage);
    }

    private static void A_copy_of_an_order_that_was_cut_is_placed_once()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        stage.Isolate(1, 2, 3);
        Operation order = stage.Order(stage.User, "bread", 3);
        stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, order));
        View second = stage.Make(ProposalKind.Promote, 2, [1, 2, 3]);
        stage.Tell(second, 2, 3);
        Call again = stage.Done(stage.Other.Execute(stage[2], second.Epoch, stage.User, order));
        stage.Rejoin(1, 2, 3);
        stage.Tell(second, 1);
        stage.Done(stage.Other.Barrier(stage[2], second.Epoch));
        View third = stage.Make(ProposalKind.Promote, 1, [1, 2, 3]);
        stage.Tell(third, 1, 2, 3);
        Call products = stage.Done(stage.Other.Execute(stage[1], third.Epoch, stage.User, Stage.Read(stage.User, RequestKind.ProductList)));

        Expect(again.Answer is OrderAnswer, "the copy is placed", stage);
        Expect(products.Answer is ProductsAnswer list && list.Products.Single(p => p.Name == "bread").Stock == 1, "it is placed twice at the primary that had it first", stage);
    }

    private static void A_copy_through_another_front_end_gets_the_first_answer()
    {
        var stage = new Stage(2);
        View view = stage.Open(1, 2);
        Operation order = stage.Order(stage.User, "bread", 3);
        Call held = stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, order));
        stage.FrontEnd.Kill(); // it dies with the reply
        Call again = stage.Done(stage.Other.Execute(stage[1], view.Epoch, stage.User, order));
        stage.Done(stage.Other.Barrier(stage[1], view.Epoch));
        Expect(
            held.Answer is OrderAnswer { Order: { } first } && again.Answer is OrderAnswer { Order: { } same } && same.OrderId == first.OrderId && same.PlacedAt == first.PlacedAt,
            "the copy gets another answer", stage);
    }

    private static void A_late_verdict_of_an_old_epoch_changes_nothing()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        Operation details = stage.Details(stage.User);
        Call asked = stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, details);
        stage.RunUntil(() => asked.IsAnswered || stage[1].LooksUp > 0);
        View second = stage.Make(ProposalKind.Promote, 1, [1, 2, 3]);
        stage.Tell(second, 1, 2, 3);
        EntryIndex last = stage[1].Core!.Replica.Log.Last.Index;
        stage.Run(600);

        Expect(asked.Refusal == Refusal.OldEpoch, "who waited for the verdict is told that the epoch is over", stage);
        Expect(stage[1].Core!.Replica.Log.Last.Index == last, "a verdict of the old epoch has made an entry in the new one", stage);
    }

    private static void A_copy_meets_the_request_table_of_a_state_transfer()
    {
        var tiny = new ReplicaOptions { LogTailBytes = 0, CheckpointEntries = 2, CheckpointMs = 10, NearlyLevelEntries = 50 };
        var stage = new Stage(3, minReplicas: 1, options: tiny);
        View first = stage.Open(1, 2);
        Operation order = stage.Order(stage.User, "bread", 1);
        stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, order));
        for (int i = 0; i < 3; i++)
            stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.Second, stage.Order(stage.Second, "banana", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], first.Epoch));
        stage.Run(300);
        stage.FrontEnd.Sync(stage[1], stage[3]);
        Expect(stage.RunUntil(() => stage[3].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last), "3 is brought level", stage);
        Expect(stage[3].Disk.DurableLog.Base.Index.Value > 1, "by a transfer", stage);
        stage.Tell(stage.Make(ProposalKind.Join, 1, [1, 2], joining: 3), 1, 2, 3);
        stage.Tell(stage.Make(ProposalKind.Admit, 1, [1, 2, 3]), 1, 2, 3);
        View last = stage.Make(ProposalKind.Promote, 3, [3]);
        stage.Tell(last, 3);
        Call again = stage.Done(stage.Other.Execute(stage[3], last.Epoch, stage.User, order));
        Expect(again.Answer is OrderAnswer { Order.OrderId: 1 }, "an order is placed again after a state transfer", stage);
    }
}
