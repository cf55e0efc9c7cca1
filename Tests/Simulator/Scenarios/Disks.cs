using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using static JustHungry.Simulator.Scenarios.Scenario;

namespace JustHungry.Simulator.Scenarios;

/// <summary>What a disk has lost, and what it only seems to hold.</summary>
internal static class Disks
{
    public static IEnumerable<Scenario> Scenarios =>
    [
        new(nameof(What_a_killed_process_had_written_is_synced_before_it_answers_again), What_a_killed_process_had_written_is_synced_before_it_answers_again),
        new(nameof(A_wiped_disk_is_not_the_member_that_it_was), A_wiped_disk_is_not_the_member_that_it_was),
        new(nameof(Everything_acknowledged_is_there_after_all_lose_power), Everything_acknowledged_is_there_after_all_lose_power),
        new(nameof(The_log_behind_a_running_transfer_is_kept), The_log_behind_a_running_transfer_is_kept),
        new(nameof(A_transfer_that_is_cut_short_leaves_an_empty_log), A_transfer_that_is_cut_short_leaves_an_empty_log),
        new(nameof(A_chunk_that_was_being_stored_when_the_connection_broke_is_stored_once), A_chunk_that_was_being_stored_when_the_connection_broke_is_stored_once),
    ];

    private static void What_a_killed_process_had_written_is_synced_before_it_answers_again()
    {
        var stage = new Stage(2);
        View view = stage.Open(1, 2);
        stage[2].Health.SyncLeastUs = 200_000;
        stage[2].Health.SyncMostUs = 200_000;
        stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        stage.RunUntil(() => !ReferenceEquals(stage[2].Disk.Log, stage[2].Disk.DurableLog));
        stage[2].Kill();
        stage[2].Health.Heal();
        stage.Run(20);
        stage[2].Start();
        stage.FrontEnd.Sync(stage[1], stage[2]);
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        stage[2].LosePower();

        Expect(stage[2].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last, "an acked order was only in the page cache", stage);
    }

    private static void A_wiped_disk_is_not_the_member_that_it_was()
    {
        var stage = new Stage(3);
        View view = stage.Open(1, 2);
        stage[2].LosePower();
        stage[2].Wipe();
        stage[2].Start();
        stage.Connect(stage[2]);
        stage.Run(50);
        stage.FrontEnd.Tell(stage[2], view, stage.Replicas);
        stage.FrontEnd.Sync(stage[1], stage[2]);
        stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "bread", 1));
        Call barrier = stage.FrontEnd.Barrier(stage[1], view.Epoch);
        stage.Run(3_000);

        Expect(!barrier.IsAnswered, "a replica on another disk has acked in the place of the member", stage);
        Call status = stage.Done(stage.FrontEnd.AskStatus(stage[2]));
        Expect(status.Report is { Role: ReplicaRole.Spare }, "a replica on another disk takes itself for the member", stage);
    }

    private static void Everything_acknowledged_is_there_after_all_lose_power()
    {
        var stage = new Stage(3);
        View view = stage.Open(1, 2, 3);
        for (int i = 0; i < 5; i++)
            stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        EntryPosition last = stage[1].Disk.DurableLog.Last;
        foreach (Nodes.ReplicaNode replica in stage.Replicas)
            replica.LosePower();
        foreach (Nodes.ReplicaNode replica in stage.Replicas)
        {
            replica.Start();
            stage.Connect(replica);
        }

        stage.Run(100);
        View second = stage.Make(ProposalKind.Promote, 3, [1, 2, 3]);
        stage.Tell(second, 1, 2, 3);
        stage.Done(stage.FrontEnd.Barrier(stage[3], second.Epoch));
        Call orders = stage.Done(stage.FrontEnd.Execute(stage[3], second.Epoch, stage.User, Stage.Read(stage.User, RequestKind.ViewOrders)));
        Expect(orders.Answer is Protocol.Ordering.OrdersAnswer { Orders.Count: 5 }, "an acknowledged order is gone", stage);
        Expect(stage[1].Disk.DurableLog.EpochAt(last.Index) == last.Epoch, "its entry is gone", stage);
    }

    private static void The_log_behind_a_running_transfer_is_kept()
    {
        var tiny = new Server.Replication.ReplicaOptions { LogTailBytes = 0, CheckpointEntries = 1, CheckpointMs = 1 };
        var stage = new Stage(3, options: tiny);
        View view = stage.Open(1, 2);
        stage[3].Health.SyncLeastUs = stage[3].Health.SyncMostUs = 30_000;
        for (int i = 0; i < 4; i++)
            stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        stage.Run(200);
        stage.FrontEnd.Sync(stage[1], stage[3]);
        Expect(stage.RunUntil(() => stage[3].Disk.DurableLog.IsInstalling), "a transfer is under way", stage);
        for (int i = 0; i < 8; i++)
        {
            stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.Second, stage.Order(stage.Second, "banana", 1)));
            stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
            stage.Run(20);
        }

        Expect(stage.RunUntil(() => stage[3].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last), "3 is not brought level", stage);
        int transfers = stage.World.Trace.Lines.Count(l => l.Contains("TransferBegin", StringComparison.Ordinal));
        Expect(transfers == 1, $"it took {transfers} transfers: the log was cut past the first", stage);
    }

    private static void A_transfer_that_is_cut_short_leaves_an_empty_log()
    {
        var tiny = new Server.Replication.ReplicaOptions { LogTailBytes = 0, CheckpointEntries = 2, CheckpointMs = 10 };
        var stage = new Stage(3, options: tiny);
        View view = stage.Open(1, 2);
        for (int i = 0; i < 6; i++)
            stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        stage.Run(200);
        stage.FrontEnd.Sync(stage[1], stage[3]);
        stage.RunUntil(() => stage[3].Disk.DurableTables.Chunks.Count > 1);
        Expect(stage[3].Disk.DurableLog.IsInstalling, "a transfer is under way", stage);
        stage[3].LosePower();
        stage[3].Start();
        stage.Connect(stage[3]);
        stage.Run(20);

        Call status = stage.Done(stage.FrontEnd.AskStatus(stage[3]));
        Expect(status.Report is { } report && report.Last == EntryPosition.Start, "half a transfer is reported as a log", stage);
        stage.FrontEnd.Sync(stage[1], stage[3]);
        Expect(stage.RunUntil(() => stage[3].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last), "the next transfer is not taken", stage);
    }

    private static void A_chunk_that_was_being_stored_when_the_connection_broke_is_stored_once()
    {
        var tiny = new Server.Replication.ReplicaOptions { LogTailBytes = 0, CheckpointEntries = 2, CheckpointMs = 10 };
        var stage = new Stage(3, options: tiny);
        View view = stage.Open(1, 2);
        for (int i = 0; i < 6; i++)
            stage.Done(stage.FrontEnd.Execute(stage[1], view.Epoch, stage.User, stage.Order(stage.User, "banana", 1)));
        stage.Done(stage.FrontEnd.Barrier(stage[1], view.Epoch));
        stage.Run(200);
        stage[3].Health.SyncLeastUs = stage[3].Health.SyncMostUs = 100_000;
        stage.FrontEnd.Sync(stage[1], stage[3]);
        Expect(stage.RunUntil(() => IsStoring(stage[3], chunk: 1)), "a transfer is under way", stage);
        stage.World.Network.Reset(stage.World.Network.Sockets.Single(s => s.Owner == stage[1] && s.Other?.Owner == stage[3]));

        Expect(stage.RunUntil(() => stage[3].Disk.DurableLog.Last == stage[1].Disk.DurableLog.Last), "the transfer is not resumed", stage);
        int transfers = stage.World.Trace.Lines.Count(l => l.Contains("installs a state", StringComparison.Ordinal));
        Expect(transfers == 1, $"it took {transfers} transfers: the first was not resumed", stage);
    }

    /// <summary>A chunk of a transfer is written, and its sync is under way.</summary>
    private static bool IsStoring(Nodes.ReplicaNode spare, int chunk) =>
        spare.Disk.DurableLog.IsInstalling && spare.Disk.Tables.Chunks.Count == chunk + 1 && !ReferenceEquals(spare.Disk.Tables, spare.Disk.DurableTables);
}
