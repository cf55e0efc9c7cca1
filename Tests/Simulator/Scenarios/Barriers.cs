using JustHungry.Protocol.Messages;
using static JustHungry.Simulator.Scenarios.Scenario;

namespace JustHungry.Simulator.Scenarios;

/// <summary>What a barrier must wait for; reads depend on it as much as orders.</summary>
internal static class Barriers
{
    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(A_late_ack_does_not_let_a_deposed_primary_answer), A_late_ack_does_not_let_a_deposed_primary_answer),
        new(nameof(A_frozen_primary_that_goes_on_answers_nothing), A_frozen_primary_that_goes_on_answers_nothing),
        new(nameof(A_joining_replica_is_waited_for), A_joining_replica_is_waited_for),
        new(nameof(A_read_waits_for_the_order_that_it_shows), A_read_waits_for_the_order_that_it_shows),
        new(nameof(A_read_right_after_a_promotion_waits_for_what_was_inherited), A_read_right_after_a_promotion_waits_for_what_was_inherited),
        new(nameof(Below_k_nothing_is_answered), Below_k_nothing_is_answered),
    ];

    private static void A_late_ack_does_not_let_a_deposed_primary_answer()
    {
        var stage = new Stage(2, minReplicas: 1);
        View first = stage.Open(1, 2);

        // 2 acks a round, but the ack does not arrive yet; then 1 is deposed and an order is placed without it.
        stage.Cut(2, 1);
        stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "banana", 1));
        stage.Run(50);
        stage.Cut(1, 2);
        View second = stage.Make(ProposalKind.Promote, 2, [2]);
        stage.Tell(second, 2);
        stage.Done(stage.Other.Execute(stage[2], second.Epoch, stage.Second, stage.Order(stage.Second, "bread", 2)));
        stage.Done(stage.Other.Barrier(stage[2], second.Epoch));

        // A read at 1, its barrier, and only then the old ack.
        Call read = stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, Stage.Read(stage.User, RequestKind.ProductList)));
        Call barrier = stage.FrontEnd.Barrier(stage[1], first.Epoch);
        stage.Run(50);
        stage.Heal(2, 1);
        stage.Run(150);
        Expect(read.Answer is not null, "1 still executes", stage);
        Expect(!barrier.IsAnswered || barrier.Refusal is not null, "a deposed primary answers, and what it answers is stale", stage);
    }

    private static void A_frozen_primary_that_goes_on_answers_nothing()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        stage[1].Freeze();
        Call read = stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, Stage.Read(stage.User, RequestKind.ProductList));
        Call barrier = stage.FrontEnd.Barrier(stage[1], first.Epoch);
        stage.Run(200);
        View second = stage.Make(ProposalKind.Promote, 2, [2, 3]);
        stage.Tell(second, 2, 3);
        stage.Done(stage.Other.Execute(stage[2], second.Epoch, stage.Second, stage.Order(stage.Second, "bread", 2)));
        stage.Done(stage.Other.Barrier(stage[2], second.Epoch));
        stage.Run(10_000);
        stage[1].Thaw();
        stage.Run(1_000);

        Expect(barrier.Type != Protocol.Framing.MessageType.Propagated, "a barrier of an epoch that is over completes", stage);
        Expect(read.IsAnswered && !stage[1].Core!.IsLeading, "the old primary hears of the later view and steps down", stage);
    }

    private static void A_joining_replica_is_waited_for()
    {
        var stage = new Stage(4);
        View first = stage.Open(1, 2);
        stage.FrontEnd.Sync(stage[1], stage[3]);
        stage.Run(300);
        View joining = stage.Make(ProposalKind.Join, 1, [1, 2], joining: 3);
        stage.Tell(joining, 1, 2, 3);
        stage.Done(stage.FrontEnd.Barrier(stage[1], joining.Epoch));
        stage.Isolate(1, 3);
        Call barrier = stage.FrontEnd.Barrier(stage[1], joining.Epoch);
        stage.Run(400);
        Expect(!barrier.IsAnswered, "a barrier completes without the joining replica", stage);
        Expect(first.Epoch < joining.Epoch, "there was a join", stage);

        // The reason: others may have admitted it and gone on without 1, while 2 still answers 1.
        stage.Cut(1, 2);
        View admitted = stage.Make(ProposalKind.Admit, 1, [1, 2, 3]);
        View promoted = stage.Make(ProposalKind.Promote, 3, [3, 2]);
        stage.Tell(promoted, 2, 3);
        stage.Done(stage.Other.Barrier(stage[3], promoted.Epoch));
        stage.Run(100);
        Expect(!barrier.IsAnswered && admitted.Epoch < promoted.Epoch, "the deposed primary has answered", stage);
    }

    private static void A_read_waits_for_the_order_that_it_shows()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        stage[2].Health.HangsUntilUs = stage.World.NowUs + 2_000_000;
        stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        Call read = stage.Done(stage.Other.Execute(stage[1], first.Epoch, stage.Second, Stage.Read(stage.Second, RequestKind.ProductList)));
        Call barrier = stage.Other.Barrier(stage[1], first.Epoch);
        stage.Run(400);
        Expect(read.Answer is not null && !barrier.IsAnswered, "a read is answered whose order is not on every member's disk", stage);
        stage.Run(2_500);
        Expect(barrier.Type == Protocol.Framing.MessageType.Propagated && barrier.Number >= read.Number, "it is answered once the order is", stage);
    }

    private static void A_read_right_after_a_promotion_waits_for_what_was_inherited()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        stage.Isolate(1, 3);
        stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        stage.Run(50);
        stage.Isolate(1, 2);
        View second = stage.Make(ProposalKind.Promote, 2, [2, 3]);
        stage[3].Health.HangsUntilUs = stage.World.NowUs + 2_000_000;
        stage.FrontEnd.Tell(stage[3], second, stage.Replicas);
        stage.Tell(second, 2);
        stage.Done(stage.Other.Execute(stage[2], second.Epoch, stage.Second, Stage.Read(stage.Second, RequestKind.ProductList)));
        Call barrier = stage.Other.Barrier(stage[2], second.Epoch);
        stage.Run(400);
        Expect(!barrier.IsAnswered, "a read is answered while an inherited entry is on one disk", stage);
        stage.Run(2_500);
        Expect(barrier.Type == Protocol.Framing.MessageType.Propagated, "it is answered once the entry is on both", stage);
    }

    private static void Below_k_nothing_is_answered()
    {
        var stage = new Stage(2);
        View view = stage.Open(1, 2);
        stage[2].LosePower();
        stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        Call barrier = stage.FrontEnd.Barrier(stage[1], view.Epoch);
        stage.Run(3_000);
        Expect(!barrier.IsAnswered, "an order is acknowledged that is on one disk", stage);
    }
}
