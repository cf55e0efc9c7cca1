using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage.Journal;

internal sealed class KeepingTheJournal
{
    private static readonly JournalOptions Small = new() { FirstBytes = 64 * 1024, MostBytes = 256 * 1024, SparesMost = 2 };

    private JournalOnDisk _disk = null!;

    [SetUp]
    public void Create() => _disk = JournalOnDisk.Create();

    [TearDown]
    public void Delete() => _disk.Dispose();

    [Test]
    public void A_new_journal_is_empty_and_belongs_to_nobody()
    {
        using LogJournal journal = _disk.Open(Small);

        journal.Disk.Should().BeNull();
        journal.Adopted.Should().BeNull();
        journal.Last.Should().Be(EntryPosition.Start);
        journal.Batches.Should().BeEmpty();
    }

    [Test]
    public void Random_work_over_many_segments_comes_back([Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        var work = new MadeUpWrites(random);
        LogJournal journal = _disk.Open(Small);
        journal.SetDisk(new DiskId(5));
        for (int i = 0; i < 400; i++)
        {
            (Action<LogJournal> doIt, LogModel after) = work.Next();
            doIt(journal);
            if (i % 20 != 0)
                continue;

            _disk.Read().ShouldBe(after, "beside the open journal, as a copy reads it");
            journal.Dispose();
            journal = _disk.Open(Small);
            new LogModel(journal.Adopted, journal.Base, [.. journal.Batches], journal.IsInstalling).ShouldBe(after);
            journal.Disk.Should().Be(new DiskId(5));
        }

        journal.Dispose();
    }

    [Test]
    public void A_record_larger_than_a_segment_gets_a_segment_of_its_own_size()
    {
        using (LogJournal journal = _disk.Open(Small))
        {
            journal.Write(JournalOnDisk.Append(1, 100));
            journal.Write(JournalOnDisk.Append(2, 1_000_000));
            journal.Write(JournalOnDisk.Append(3, 100));
        }

        _disk.Read().Batches.Select(b => b.Entries.Length).Should().Equal(100, 1_000_000, 100);
    }

    [Test]
    public async Task A_copy_that_reads_while_the_server_writes_sees_a_whole_log_that_only_grows()
    {
        // One segment: what is read while one is left for the next is read again by whoever copies.
        using LogJournal journal = _disk.Open(new JournalOptions { FirstBytes = 4 * 1024 * 1024 });
        journal.Write(JournalOnDisk.Append(1, 100));
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            for (ulong i = 2; i < 200; i++)
                journal.Write(JournalOnDisk.Append(i, 5_000));
            stop.Cancel();
        });

        ulong last = 0;
        while (!stop.IsCancellationRequested)
        {
            ulong now = _disk.Read().Last.Index.Value;
            now.Should().BeGreaterThanOrEqualTo(last);
            last = now;
        }

        await writing;
        _disk.Read().Last.Index.Value.Should().Be(199);
    }

    [Test]
    public void After_a_failure_nothing_more_is_written()
    {
        LogJournal journal = _disk.Open(Small);
        FluentActions.Invoking(() => journal.Write(JournalOnDisk.Append(2, 10))).Should().Throw<InvariantException>();

        FluentActions.Invoking(() => journal.Write(JournalOnDisk.Append(1, 10))).Should().Throw<StorageException>();
        journal.Dispose();
        _disk.Read().Batches.Should().BeEmpty();
    }

    [Test]
    public void A_segment_of_a_newer_server_is_refused_in_a_sentence()
    {
        _disk.Open(Small).Dispose();
        byte[] bytes = _disk.Bytes("journal-1");
        bytes[8] = 2;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(40), Crc32C.Of(bytes.AsSpan(0, 40)));
        _disk.Write("journal-1", bytes);

        FluentActions.Invoking(() => _disk.Open(Small)).Should().Throw<StorageException>().WithMessage("*newer server (format 2, this one knows 1)*");
    }

    [Test]
    public void A_small_shop_takes_little_space()
    {
        using LogJournal journal = LogJournal.Open(_disk.Files);
        for (ulong i = 1; i < 20; i++)
            journal.Write(JournalOnDisk.Append(i, 300));

        _disk.Files.List().Sum(name => new FileInfo(_disk.FileOf(name)).Length).Should().Be(256 * 1024);
    }

    [Test]
    public void What_was_prepared_and_not_finished_is_no_journal()
    {
        JournalBuilder.Prepare(_disk.Files, new StateRecord(new DiskId(1), null, EntryPosition.Start, EntryPosition.Start, false, false), [], Small);
        _disk.Open(Small).Dispose();

        using LogJournal journal = _disk.Open(Small);
        journal.Disk.Should().BeNull();
        _disk.Files.List().Should().OnlyContain(name => !name.EndsWith(".new", StringComparison.Ordinal));
    }

    [Test]
    public void What_was_prepared_and_finished_is_the_log_that_it_was_made_of()
    {
        List<LogBatch> batches = [.. Enumerable.Range(11, 300).Select(i => LogBatch.Create(new EntryIndex((ulong)i), 1, new Epoch(2), new byte[9_000]))];
        var at = new EntryPosition(new EntryIndex(10), new Epoch(1));
        JournalBuilder.Prepare(_disk.Files, new StateRecord(new DiskId(3), KeepingTheLog.ViewOf(4), at, batches[^1].LastPosition, false, true), batches, Small);
        JournalBuilder.Finish(_disk.Files);

        using LogJournal journal = _disk.Open(Small);
        journal.Disk.Should().Be(new DiskId(3));
        new LogModel(journal.Adopted, journal.Base, [.. journal.Batches], journal.IsInstalling).ShouldBe(new LogModel(KeepingTheLog.ViewOf(4), at, batches, false));
        journal.Write(new LogWrite { Adopt = KeepingTheLog.ViewOf(5) });
    }
}
