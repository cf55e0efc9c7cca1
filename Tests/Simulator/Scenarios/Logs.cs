using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using static JustHungry.Simulator.Scenarios.Scenario;

namespace JustHungry.Simulator.Scenarios;

/// <summary>What a backup's log keeps, cuts, proves and applies, and what a transfer may replace.</summary>
internal static class Logs
{
    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(A_tail_longer_than_the_new_primarys_is_cut), A_tail_longer_than_the_new_primarys_is_cut),
        new(nameof(A_stale_tail_is_neither_acked_nor_applied), A_stale_tail_is_neither_acked_nor_applied),
        new(nameof(A_new_primarys_commit_waits_for_this_epochs_acks), A_new_primarys_commit_waits_for_this_epochs_acks),
        new(nameof(A_new_connections_probe_does_not_shorten_the_log), A_new_connections_probe_does_not_shorten_the_log),
        new(nameof(A_late_append_of_an_old_connection_cuts_nothing), A_late_append_of_an_old_connection_cuts_nothing),
        new(nameof(A_transfer_is_refused_by_a_replica_that_is_ahead_of_it), A_transfer_is_refused_by_a_replica_that_is_ahead_of_it),
        new(nameof(A_deposed_primary_with_a_tail_is_brought_level_where_the_log_begins_late), A_deposed_primary_with_a_tail_is_brought_level_where_the_log_begins_late),
    ];

    private static void A_tail_longer_than_the_new_primarys_is_cut()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        EntryIndex level = stage[2].Disk.DurableLog.Last.Index;
        LeaveTailAt3(stage, first);
        Expect(stage[3].Disk.DurableLog.Last.Index > level.Next, "3 has a tail of its own", stage);
        stage.Isolate(1, 3);

        View second = stage.Make(ProposalKind.Promote, 2, [2, 3]);
        stage.Tell(second, 2, 3);
        stage.Done(stage.Other.Barrier(stage[2], second.Epoch));
        Expect(stage[3].Disk.DurableLog.Last == stage[2].Disk.DurableLog.Last, "the tail is still there", stage);
        Expect(stage[3].Disk.DurableLog.EpochAt(level.Next) == second.Epoch, "an entry of the tail stands in the place of ViewStarted", stage);
    }

    private static void A_stale_tail_is_neither_acked_nor_applied()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        LeaveTailAt3(stage, first);
        EntryIndex tail = stage[3].Disk.DurableLog.Last.Index;
        stage.Isolate(1, 3);

        // 2 and 1 commit past the end of 3's tail; then 2 turns to 3, which hears of that commit before it is level.
        View second = stage.Make(ProposalKind.Promote, 2, [1, 2, 3]);
        stage.Cut(2, 3);
        stage.Cut(3, 2);
        stage.Rejoin(1, 2);
        stage.Tell(second, 1, 2, 3);
        View third = stage.Make(ProposalKind.Promote, 2, [1, 2]);
        stage.Tell(third, 1, 2);
        for (int i = 0; i < 5; i++)
            stage.Done(stage.Other.Execute(stage[2], third.Epoch, stage.Second, stage.Order(stage.Second, "banana", 1)));
        stage.Done(stage.Other.Barrier(stage[2], third.Epoch));
        Expect(stage[2].Core!.Replica.Log.Commit > tail, "2 has committed past the tail's end", stage);

        stage.Rejoin(2, 3);
        stage.Tell(third, 3);
        stage.FrontEnd.Sync(stage[2], stage[3]);
        Expect(stage.RunUntil(() => stage[3].Core!.Replica.Shop.Index == stage[2].Core!.Replica.Shop.Index), "3 is brought level", stage);
        Expect(
            stage[3].Core!.Replica.Shop.State!.Digest() == stage[2].Core!.Replica.Shop.State!.Digest(), "3 has applied entries that were never committed", stage);
    }

    private static void A_new_primarys_commit_waits_for_this_epochs_acks()
    {
        var stage = new Stage(3);
        View first = stage.Open(1, 2, 3);
        stage.Isolate(1, 3);
        stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        stage.Run(50);
        EntryIndex order = stage[2].Disk.DurableLog.Last.Index;
        stage.Isolate(2, 1, 3);
        View second = stage.Make(ProposalKind.Promote, 2, [2, 3]);
        stage.Tell(second, 2);
        stage.Run(300);

        Expect(stage[2].Core!.IsLeading && stage[2].Core!.Replica.Shop.Index > order, "2 has applied its whole log", stage);
        Expect(stage[2].Core!.Replica.Log.Commit < order, "what it has applied counts as committed", stage);
    }

    private static void A_new_connections_probe_does_not_shorten_the_log()
    {
        var stage = new Stage(2);
        View view = stage.Open(1, 2);
        for (int i = 0; i < 3; i++)
            stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        EntryPosition last = stage[2].Disk.DurableLog.Last;
        foreach (Network.SimSocket socket in stage.World.Network.Sockets.Where(s => s.Owner == stage[1] && s.Other?.Owner == stage[2]).ToList())
            stage.World.Network.Reset(socket);
        stage.Run(1_000);

        Expect(stage[2].Disk.DurableLog.Last == last, "a backup has cut what it had acked", stage);
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
    }

    private static void A_late_append_of_an_old_connection_cuts_nothing()
    {
        var stage = new Stage(2);
        View view = stage.Open(1, 2);
        EntryIndex before = stage[1].Core!.Replica.Log.Last.Index;
        for (int i = 0; i < 2; i++)
        {
            stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
            stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        }

        EntryPosition last = stage[2].Disk.DurableLog.Last;
        ReplicaLog log = stage[1].Core!.Replica.Log;
        Expect(last == log.Last && stage[2].Core!.Replica.Log.Commit < last.Index, "2 has acked the last order, and has not heard that it is committed", stage);
        new OldConnection(stage, stage[1]).Repeat(stage[2], view.Epoch, log.PositionAt(before), log.BatchAt(before.Next)!);
        stage.Run(20);
        Expect(stage[2].Disk.DurableLog.Last == last, "an older Append has cut what was acked since", stage);
    }

    private static void A_transfer_is_refused_by_a_replica_that_is_ahead_of_it()
    {
        // 3 is synced by a transfer in epoch 1, joins, and acks more. A repetition of the transfer is still in flight on the old
        // connection.
        var tiny = new ReplicaOptions { LogTailBytes = 0, CheckpointEntries = 2, CheckpointMs = 10, NearlyLevelEntries = 50 };
        var stage = new Stage(3, options: tiny);
        View view = stage.Open(1, 2);
        for (int i = 0; i < 4; i++)
            stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        stage.Run(200);
        stage.FrontEnd.Sync(stage[1], stage[3]);
        Expect(stage.RunUntil(() => stage[3].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last), "the spare is brought level by a transfer", stage);
        EntryPosition level = stage[3].Disk.DurableLog.Last;

        var impostor = new OldConnection(stage, stage[1]);
        impostor.Offer(stage[3], view.Epoch, new EntryPosition(new EntryIndex(2), view.Epoch));
        stage.Run(300);
        Expect(impostor.IsRefused, "a transfer of a position that the log has passed is taken", stage);
        Expect(!stage[3].Disk.DurableLog.IsInstalling && stage[3].Disk.DurableLog.Last == level, "entries that were acked are gone", stage);
    }

    private static void A_deposed_primary_with_a_tail_is_brought_level_where_the_log_begins_late()
    {
        // 2's log begins inside 1's run of entries of epoch 1, and 1 already holds everything in 2's checkpoint.
        var stage = new Stage(3, options: new ReplicaOptions { LogTailBytes = 0, CheckpointMs = 300 });
        View first = stage.Open(1, 2, 3);
        Expect(stage.RunUntil(() => stage.Replicas.TrueForAll(r => r.Disk.DurableLog.Base == r.Disk.DurableLog.Last)), "all cut their logs", stage);
        for (int i = 0; i < 3; i++)
        {
            stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
            stage.Done(stage.FrontEnd.Barrier(stage[1], first.Epoch));
        }

        stage.Isolate(1, 2, 3);
        for (int i = 0; i < 3; i++)
            stage.Done(stage.FrontEnd.Execute(stage[1], first.Epoch, stage.User, stage.Order(stage.User, "bread", 1)));
        Expect(stage.RunUntil(() => stage[1].Disk.DurableLog.Last.Index > stage[2].Disk.DurableLog.Last.Index + 2), "1 has a tail of its own", stage);
        stage[1].Kill(); // before its next checkpoint
        Expect(stage.RunUntil(() => stage[2].Disk.DurableLog.Base.Index > stage[1].Disk.DurableLog.Base.Index), "2 cuts its log", stage);

        stage.Isolate(3, 1, 2); // for good
        View second = stage.Make(ProposalKind.Promote, 2, [2, 3]);
        stage.Tell(second, 2, 3);
        stage.Rejoin(1, 2);
        stage[1].Start();
        stage.Connect(stage[1]);
        stage.Run(50);
        stage.Tell(second, 1);
        stage.FrontEnd.Sync(stage[2], stage[1]);
        Expect(stage.RunUntil(() => stage[1].Disk.DurableLog.Last == stage[2].Disk.DurableLog.Last), "1 is not brought level", stage);
    }

    /// <summary>3 gets three orders from 1 that 2 never sees; nothing of it commits.</summary>
    private static void LeaveTailAt3(Stage stage, View view)
    {
        stage.Isolate(1, 2);
        for (int i = 0; i < 3; i++)
            stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        stage.Run(100);
    }
}
