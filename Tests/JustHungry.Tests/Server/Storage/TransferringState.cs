using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Journal;
using MessagePack;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

internal sealed partial class TransferringState
{
    private static readonly TransferId Transfer = new(17);
    private static readonly TransferId First = new(1);
    private static readonly TransferId Second = new(2);

    private static readonly RecordedShop Shop = new(users: 20, updates: 600);

    private TestDisk _from = null!;
    private TestDisk _to = null!;

    [SetUp]
    public void Start()
    {
        _from = TestDisk.Started();
        _from.Append(Shop.Batches());
        _from.Checkpoint(Shop.Batches(), RecordedShop.At(300));
        _to = TestDisk.Started();
    }

    [TearDown]
    public void Stop()
    {
        _from.Dispose();
        _to.Dispose();
    }

    [Test]
    public void A_snapshot_stays_as_it_was_while_checkpoints_go_on()
    {
        EntryPosition at = Open(Transfer);

        _from.Checkpoint(Shop.Batches(), RecordedShop.At(450));
        List<ReadOnlyMemory<byte>> chunks = ReadAll(Transfer);
        _from.Checkpoint(Shop.Batches(), RecordedShop.At(600));

        at.Should().Be(RecordedShop.At(300));
        StateOf(chunks).Digest().Should().Be(Shop.DigestAt(at.Index));
        _from.Load().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(600)));
    }

    [Test]
    public void Several_snapshots_are_open_at_once()
    {
        Open(First);
        _from.Checkpoint(Shop.Batches(), RecordedShop.At(500));
        Open(Second);

        StateOf(ReadAll(First)).Digest().Should().Be(Shop.DigestAt(new EntryIndex(300)));
        StateOf(ReadAll(Second)).Digest().Should().Be(Shop.DigestAt(new EntryIndex(500)));
        _from.Disk.CloseSnapshot(First);
        _from.Disk.CloseSnapshot(Second);
        _from.Disk.CloseSnapshot(Second);
        Open(First).Should().Be(RecordedShop.At(500));
    }

    [Test]
    public void Chunks_are_no_larger_than_they_may_be_and_rows_stay_whole([Values(1_000, 2_000, FrameLimits.PayloadBytesMax)] int bytesMax)
    {
        using var snapshot = new CheckpointSnapshot(_from.OrdersFile, bytesMax);
        var state = new ShopState();
        int chunks = 0;
        for (bool last = false; !last; chunks++)
        {
            (ReadOnlyMemory<byte> rows, last) = snapshot.ReadChunk();
            rows.Length.Should().BeLessThanOrEqualTo(bytesMax);
            EffectReader.ApplyTo(state, new ReadOnlySequence<byte>(rows)); // each chunk by itself
        }

        state.Digest().Should().Be(Shop.DigestAt(new EntryIndex(300)));
        chunks.Should().BeGreaterThan(bytesMax == FrameLimits.PayloadBytesMax ? 0 : 10);
    }

    [Test]
    public void An_empty_shop_is_one_empty_chunk()
    {
        _to.Disk.OpenSnapshot(Transfer);
        _to.Next<TestDisk.SnapshotOpened>().At.Should().Be(EntryPosition.Start);
        _to.Disk.ReadSnapshot(Transfer);

        TestDisk.SnapshotRead read = _to.Next<TestDisk.SnapshotRead>();

        read.Last.Should().BeTrue();
        read.Rows.Length.Should().Be(0);
    }

    [Test]
    public void An_installed_disk_goes_on_where_the_snapshot_stood()
    {
        _to.Append(Shop.Batch(1, 5, epoch: 1)); // what it had before goes
        DiskId disk = _to.Recovered.Disk;
        _to.Write(new LogWrite { Adopt = KeepingTheLog.ViewOf(4) });

        TestDisk.Loaded installed = Install();
        _to.Append(Shop.Batch(301, 320));
        RecoveredDisk recovered = _to.Restart();

        installed.At.Should().Be(RecordedShop.At(300));
        installed.Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(300)));
        recovered.Base.Should().Be(RecordedShop.At(300));
        recovered.CheckpointAt.Should().Be(RecordedShop.At(300));
        recovered.Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(300)));
        recovered.Disk.Should().Be(disk);
        recovered.Adopted!.Epoch.Should().Be(new Epoch(4));
        KeepingTheLog.Same(recovered.Batches, [Shop.Batch(301, 320)]);
    }

    [Test]
    public void Checkpoints_after_an_installation_keep_the_last_16_answers_of_each()
    {
        Install();
        _to.Append(Shop.Batch(301, 600));

        _to.Checkpoint([Shop.Batch(301, 600)], RecordedShop.At(600));

        _to.Restart().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(600)));
    }

    [Test]
    public void Killed_anywhere_in_an_installation_the_disk_is_empty_but_itself()
    {
        _to.Append(Shop.Batch(1, 50));
        _to.Checkpoint([Shop.Batch(1, 50)], RecordedShop.At(40));
        _to.Write(new LogWrite { Adopt = KeepingTheLog.ViewOf(4) });
        List<ReadOnlyMemory<byte>> chunks = SmallChunks();

        _to.Disk.BeginInstall(Transfer);
        _to.Next<TestDisk.InstallStored>();
        AssertEmptyAfterKill();
        for (int chunk = 0; chunk < chunks.Count; chunk++)
        {
            _to.Disk.InstallRows(Transfer, chunk, chunks[chunk]);
            _to.Next<TestDisk.InstallStored>().Should().Be(new TestDisk.InstallStored(Transfer, chunk + 1));
            AssertEmptyAfterKill();
        }
    }

    [Test]
    public void Killed_between_the_mark_and_the_tables_the_disk_is_empty_but_itself()
    {
        _to.Append(Shop.Batch(1, 50));
        _to.Checkpoint([Shop.Batch(1, 50)], RecordedShop.At(40));
        _to.Write(new LogWrite { Adopt = KeepingTheLog.ViewOf(4) });
        _to.Stop();
        using (var log = LogJournal.Open(new JournalDirectory(_to.Directory)))
            log.BeginInstall();

        AssertEmptyAfterKill();
    }

    [Test]
    public void Killed_between_the_last_row_and_the_base_the_disk_is_empty_but_itself()
    {
        _to.Write(new LogWrite { Adopt = KeepingTheLog.ViewOf(4) });
        BeginInstall();
        _to.Stop();
        using (var tables = Checkpoint.Open(_to.OrdersFile))
            tables.EndInstall(RecordedShop.At(300));

        AssertEmptyAfterKill();
    }

    [Test]
    public void Small_chunks_are_committed_together()
    {
        int commits = 0;
        List<ReadOnlyMemory<byte>> chunks = SmallChunks();
        _to.Stop();
        using (var tables = Checkpoint.Open(_to.OrdersFile, new DiskOptions { TablesCommitted = _ => commits++ }))
        {
            foreach (ReadOnlyMemory<byte> chunk in chunks)
                tables.InstallRows(chunk);
            tables.EndInstall(RecordedShop.At(300));

            tables.Load(CancellationToken.None).Digest().Should().Be(Shop.DigestAt(new EntryIndex(300)));
        }

        chunks.Should().HaveCountGreaterThan(5);
        commits.Should().Be(1);
    }

    [Test]
    public void A_transfer_that_was_given_up_may_begin_anew()
    {
        List<ReadOnlyMemory<byte>> chunks = SmallChunks();
        _to.Disk.BeginInstall(new TransferId(1));
        _to.Disk.InstallRows(new TransferId(1), 0, chunks[0]);
        _to.Disk.InstallRows(new TransferId(1), 1, chunks[1]);
        for (int stored = 0; stored <= 2; stored++)
            _to.Next<TestDisk.InstallStored>().NextChunk.Should().Be(stored);

        Install().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(300)));
    }

    [Test]
    public void A_transfer_that_was_given_up_may_be_ended_as_an_empty_log()
    {
        _to.Disk.BeginInstall(new TransferId(1));
        _to.Next<TestDisk.InstallStored>();
        _to.Disk.EndInstall(new TransferId(1), EntryPosition.Start);
        _to.Next<TestDisk.Loaded>().Shop.IsOpen.Should().BeFalse();

        _to.Append(Shop.Batch(1, 10));

        KeepingTheLog.Same(_to.Restart().Batches, [Shop.Batch(1, 10)]);
    }

    [Test]
    public void Nothing_is_appended_during_an_installation_for_a_restart_would_empty_it()
    {
        BeginInstall();

        _to.Disk.Write(new LogWrite { Append = { Shop.Batch(1, 10) } });

        _to.Next<InvariantException>();
    }

    [Test]
    public void Rows_that_are_no_effects_are_a_failure()
    {
        _to.Disk.BeginInstall(Transfer);
        _to.Next<TestDisk.InstallStored>();

        _to.Disk.InstallRows(Transfer, 0, new byte[] { 0xc1, 1, 2 });

        _to.Next<MessagePackSerializationException>(); // nothing unchecked comes here
    }

    private EntryPosition Open(TransferId transfer)
    {
        _from.Disk.OpenSnapshot(transfer);
        TestDisk.SnapshotOpened opened = _from.Next<TestDisk.SnapshotOpened>();
        opened.Transfer.Should().Be(transfer);
        return opened.At;
    }

    private List<ReadOnlyMemory<byte>> ReadAll(TransferId transfer)
    {
        var chunks = new List<ReadOnlyMemory<byte>>();
        while (true)
        {
            _from.Disk.ReadSnapshot(transfer);
            TestDisk.SnapshotRead read = _from.Next<TestDisk.SnapshotRead>();
            read.Transfer.Should().Be(transfer);
            chunks.Add(read.Rows);
            if (read.Last)
                return chunks;
        }
    }

    private List<ReadOnlyMemory<byte>> SmallChunks()
    {
        using var snapshot = new CheckpointSnapshot(_from.OrdersFile, 3_000);
        var chunks = new List<ReadOnlyMemory<byte>>();
        for (bool last = false; !last;)
        {
            (ReadOnlyMemory<byte> rows, last) = snapshot.ReadChunk();
            chunks.Add(rows);
        }

        chunks.Count.Should().BeGreaterThan(2);
        return chunks;
    }

    private void BeginInstall()
    {
        List<ReadOnlyMemory<byte>> chunks = SmallChunks();
        _to.Disk.BeginInstall(Transfer);
        _to.Next<TestDisk.InstallStored>().Should().Be(new TestDisk.InstallStored(Transfer, 0));
        for (int chunk = 0; chunk < chunks.Count; chunk++)
        {
            _to.Disk.InstallRows(Transfer, chunk, chunks[chunk]);
            _to.Next<TestDisk.InstallStored>();
        }
    }
}
