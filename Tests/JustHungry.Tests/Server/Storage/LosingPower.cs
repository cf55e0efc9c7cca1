using FluentAssertions;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>A power loss leaves any part of what was not fsynced. Here: the tables' write-ahead log, cut off at any byte.</summary>
[Category("Slow")]
[Parallelizable(ParallelScope.Self)]
internal sealed class LosingPower
{
    private static readonly RecordedShop Shop = new(users: 5, updates: 300);

    [Test]
    public void The_tables_stand_where_they_say([Values(1, 2, 3)] int seed)
    {
        using TestDisk disk = TestDisk.Started();
        disk.Append(Shop.Batches());
        List<(long WalBytes, ulong At)> checkpointed = [(WalBytes(disk.OrdersFile), 0)];
        var random = new Random(seed);
        for (ulong at = 20; at <= (ulong)Shop.Count; at += (ulong)random.Next(1, 60))
        {
            disk.Checkpoint(Shop.Batches(), RecordedShop.At(at));
            checkpointed.Add((WalBytes(disk.OrdersFile), at));
        }

        for (int i = 0; i < 10; i++)
        {
            long keep = random.NextInt64(checkpointed[0].WalBytes, checkpointed[^1].WalBytes + 1);
            using TestDisk after = disk.Killed();
            Truncate(after.OrdersFile + "-wal", keep);
            RecoveredDisk recovered = after.Start();

            recovered.CheckpointAt.Index.Value.Should().Be(checkpointed.Last(c => c.WalBytes <= keep).At);
            recovered.Shop.Digest().Should().Be(Shop.DigestAt(recovered.CheckpointAt.Index));
            after.Checkpoint(Shop.Batches(), RecordedShop.At(Shop.Last.Value));
            after.Load().Shop.Digest().Should().Be(Shop.DigestAt(Shop.Last));
        }
    }

    [Test]
    public void A_start_writes_what_it_read_into_the_files_again_so_that_no_failed_fsync_before_it_counts()
    {
        using TestDisk disk = TestDisk.Started();
        disk.Append(Shop.Batches());
        disk.Checkpoint(Shop.Batches(), RecordedShop.At(100));
        using TestDisk killed = disk.Killed();
        WalBytes(killed.OrdersFile).Should().BePositive();

        killed.Start();

        // a truncating checkpoint: all frames copied into the file, which was fsynced before the WAL was emptied
        WalBytes(killed.OrdersFile).Should().Be(0);
        using TestDisk filesAlone = killed.Killed();
        File.Delete(filesAlone.OrdersFile + "-wal");
        KeepingTheLog.Same(filesAlone.Start().Batches, Shop.Batches());
        filesAlone.Recovered.Loss.Should().BeNull();
        filesAlone.Recovered.Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(100)));
    }

    [Test]
    public void A_start_waits_for_whoever_reads_the_tables_until_he_ends_or_it_is_stopped([Values] bool isStopped)
    {
        using TestDisk disk = TestDisk.Started();
        using var report = new SqliteDatabase(disk.OrdersFile);
        BeginReport(disk, report);
        disk.Stop();
        using var stop = new CancellationTokenSource();
        using DataDirectory directory = DataDirectory.Open(disk.Directory);
        List<string> said = [];
        var patience = new Patience(what =>
        {
            said.Add(what);
            if (isStopped)
                stop.Cancel();
            else
                report.Execute("commit");
        }, stop.Token);

        Func<ReplicaDisk> start = () => ReplicaDisk.Open(directory, new BootId(9), disk, TimeProvider.System, out _, patience: patience);

        if (isStopped)
            start.Should().Throw<OperationCanceledException>();
        else
            start().Dispose();
        said.Should().ContainSingle().Which.Should().StartWith($"{disk.OrdersFile} can't be written anew");
    }

    [Test]
    public void A_start_that_cannot_write_a_file_again_says_who_is_in_the_way()
    {
        using TestDisk disk = TestDisk.Started();
        using var report = new SqliteDatabase(disk.OrdersFile);
        BeginReport(disk, report);
        disk.Stop();

        FluentActions.Invoking(disk.Start).Should().Throw<StorageException>().WithMessage($"{disk.OrdersFile} can't be written anew: another program*");
        disk.Stop();
        report.Execute("commit");
        disk.Start().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(100)));
    }

    [Test]
    public void Every_commit_of_the_tables_is_fsynced()
    {
        using TestDisk disk = TestDisk.Started();
        using var database = new SqliteDatabase(disk.OrdersFile);

        database.Number("pragma synchronous").Should().Be(2, "FULL; with NORMAL, SQLite's WAL commits without an fsync");
        database.Number("pragma fullfsync").Should().Be(1);
        database.Number("select count(*) from pragma_journal_mode where journal_mode = 'wal'").Should().Be(1);
    }

    private static void BeginReport(TestDisk disk, SqliteDatabase report)
    {
        disk.Append(Shop.Batches());
        disk.Checkpoint(Shop.Batches(), RecordedShop.At(50));
        report.Execute("begin");
        _ = report.Number("select count(*) from orders");
        disk.Checkpoint(Shop.Batches(), RecordedShop.At(100));
    }

    private static long WalBytes(string file) => new FileInfo(file + "-wal").Length;

    private static void Truncate(string file, long bytes)
    {
        using var wal = new FileStream(file, FileMode.Open);
        wal.SetLength(bytes);
    }
}
