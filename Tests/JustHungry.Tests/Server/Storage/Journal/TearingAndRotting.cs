using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage.Journal;

/// <summary>Real files, damaged in every way that can be told apart, and in the one that can't.</summary>
[Category("Slow")]
internal sealed partial class TearingAndRotting
{
    private const int Block = RecordFrame.BlockBytes;

    private static readonly JournalOptions Small = new() { FirstBytes = 12 * Block, MostBytes = 12 * Block };

    private JournalOnDisk _disk = null!;

    [SetUp]
    public void Create() => _disk = JournalOnDisk.Create();

    [TearDown]
    public void Delete() => _disk.Dispose();

    [Test]
    public void A_write_that_was_cut_off_at_any_byte_is_not_there_and_nothing_else_is_lost()
    {
        List<LogModel> after = Fill([100, 500, 5_000, 300], seal: false);
        byte[] whole = _disk.Bytes("journal-1");
        long[] starts = Starts(whole);
        (long lastAt, long beforeAt) = (starts[^1], starts[^2]);

        foreach (byte stale in (byte[])[0, 0xcd])
        {
            _disk.Write("journal-1", whole);
            for (long at = lastAt + Block - 1; at >= beforeAt; at--)
            {
                if (whole[at] == stale)
                    continue; // as if it had not been cut

                _disk.Flip("journal-1", at, (byte)(whole[at] ^ stale));
                if (whole[at] == 0 && at % 16 != 0)
                    continue; // padding

                int records = at >= lastAt + LengthAt(whole, lastAt) ? 4 : at >= beforeAt + LengthAt(whole, beforeAt) ? 3 : 2;
                _disk.Read().ShouldBe(after[records], $"cut at {at}");
            }
        }
    }

    [Test]
    public void A_record_that_was_cut_off_before_a_whole_one_is_damage()
    {
        Fill([100, 500, 5_000, 300], seal: false);
        byte[] whole = _disk.Bytes("journal-1");
        long at = Starts(whole)[^2];
        for (long from = at; from < at + LengthAt(whole, at); from += 7)
        {
            byte[] cut = [.. whole];
            cut.AsSpan((int)from, (int)(at + (2 * Block) - from)).Clear();
            _disk.Write("journal-1", cut);

            Reading().Should().Throw<DamagedStorageException>().WithMessage($"{_disk.FileOf("journal-1")} is damaged: record 4 at byte {at} cannot be read, and record 5 after it can.*");
        }
    }

    [Test]
    public void Every_flipped_bit_of_a_sealed_journal_is_refused_or_does_no_harm()
    {
        List<LogModel> after = FillTwoSegments();
        int refused = 0, harmless = 0;
        foreach (string name in _disk.Files.List())
        {
            byte[] whole = _disk.Bytes(name);
            foreach ((long at, byte mask) in BitsOf(whole))
            {
                _disk.Flip(name, at, mask);
                try
                {
                    _disk.Read().ShouldBe(after[^1], $"bit {mask} of byte {at} of {name} flipped");
                    harmless++;
                }
                catch (StorageException e) when (e is DamagedStorageException || e.Message.Contains("newer server", StringComparison.Ordinal))
                {
                    refused++;
                }

                _disk.Flip(name, at, mask);
            }
        }

        refused.Should().BeGreaterThan(5_000);
        harmless.Should().BePositive("padding, the seal itself, and space for segments to come hold nothing");
    }

    [Test]
    public void Without_a_seal_a_rotten_last_write_looks_like_a_torn_one_and_only_that_one()
    {
        List<LogModel> after = Fill([100, 200], seal: false);
        byte[] whole = _disk.Bytes("journal-1");
        long[] starts = Starts(whole);

        _disk.Flip("journal-1", starts[^1] + 60, 1);
        _disk.Read().ShouldBe(after[^2]);

        _disk.Flip("journal-1", starts[^2] + 60, 1);
        _disk.Read().ShouldBe(after[^3], "both are gone: nothing says that they were written");
    }

    [Test]
    public void After_a_clean_stop_and_after_a_start_the_last_write_is_sealed()
    {
        LogModel full = Fill([100, 200])[^1];
        _disk.Read().ShouldBe(full);
        byte[] whole = _disk.Bytes("journal-1");
        long last = Starts(whole)[^2]; // the one before the seal

        _disk.Flip("journal-1", last + 60, 1);

        Reading().Should().Throw<DamagedStorageException>();
    }

    [Test]
    public void What_an_earlier_life_of_a_segment_left_behind_is_nothing()
    {
        LogModel model = LogModel.Empty;
        using (LogJournal journal = _disk.Open(Small))
        {
            ulong next = 1;
            for (int i = 0; i < 100; i++)
            {
                LogWrite write = JournalOnDisk.Append(next++, 3_000);
                write.Base = i % 5 == 4 ? model.Last : null;
                journal.Write(write);
                model = model.After(write);
                _disk.Read().ShouldBe(model);
            }
        }

        _disk.Read().ShouldBe(model);
        _disk.Files.List().Should().HaveCountLessThan(8, "segments are used again");
    }

    [Test]
    public void A_file_that_was_shortened_is_damage()
    {
        Fill([100, 200]);
        byte[] whole = _disk.Bytes("journal-1");
        _disk.Write("journal-1", whole[..^1]);

        Reading().Should().Throw<DamagedStorageException>().WithMessage("*bytes long*");
    }

    [Test]
    public void A_lost_segment_is_damage([Values(1, 2, 3)] int lost)
    {
        FillSegments(3);

        File.Delete(_disk.FileOf(NameOf((ulong)lost)));

        Reading().Should().Throw<DamagedStorageException>();
    }

    [Test]
    public void A_segment_twice_is_damage()
    {
        FillSegments(2);
        File.Copy(_disk.FileOf(NameOf(2)), _disk.FileOf("journal-99"));

        Reading().Should().Throw<DamagedStorageException>().WithMessage("*is segment 2 too*");
    }

    [Test]
    public void A_segment_of_another_journal_is_damage_though_it_begins_with_the_same_state()
    {
        FillSegments(2);
        byte[] other;
        using (var twin = JournalOnDisk.Create())
        {
            using (LogJournal journal = twin.Open(Small))
            {
                LogBatch[] two = [JournalOnDisk.Append(1, 3_000).Append[0], JournalOnDisk.Append(2, 3_000).Append[0]];
                journal.Write(new LogWrite { Append = { two[0], two[1] } }); // one record in the space of two
                FillSegments(2, twin, journal, first: 3);
            }

            other = twin.Bytes(NameOf(2, twin));
        }

        _disk.Write(NameOf(2), other);

        Reading().Should().Throw<DamagedStorageException>().WithMessage("*segment 2 goes on with record*");
    }

    [Test]
    public void A_lost_end_of_an_older_segment_is_damage()
    {
        FillSegments(2);
        string name = NameOf(1);
        byte[] bytes = _disk.Bytes(name);
        bytes.AsSpan((int)Starts(bytes)[^2]).Clear();
        _disk.Write(name, bytes);

        Reading().Should().Throw<DamagedStorageException>().WithMessage("*segment 2 goes on with record*");
    }

    [Test]
    public void A_file_that_is_no_segment_is_damage()
    {
        Fill([100]);
        _disk.Write("journal-1", new byte[5 * Block]);

        Reading().Should().Throw<DamagedStorageException>().WithMessage("*no file of the journal begins with a head*");
    }

    [Test]
    public void A_start_that_was_refused_has_changed_nothing()
    {
        Fill([100, 500, 300]);
        _disk.Flip("journal-1", Starts(_disk.Bytes("journal-1"))[^3] + 60, 1);
        byte[] before = _disk.Bytes("journal-1");

        FluentActions.Invoking(() => _disk.Open(Small)).Should().Throw<DamagedStorageException>();

        _disk.Bytes("journal-1").Should().Equal(before);
    }

    private Action Reading() => () => _disk.Read();

    /// <returns>What the journal held after each write; the first is the empty one.</returns>
    private List<LogModel> Fill(int[] sizes, bool seal = true)
    {
        List<LogModel> after = [LogModel.Empty];
        LogJournal journal = _disk.Open(Small);
        foreach (int size in sizes)
        {
            LogWrite write = JournalOnDisk.Append(after[^1].Last.Index.Value + 1, size);
            journal.Write(write);
            after.Add(after[^1].After(write));
        }

        if (seal)
        {
            journal.Dispose();
            return after;
        }

        byte[] unsealed = _disk.Bytes("journal-1");
        journal.Dispose();
        _disk.Write("journal-1", unsealed);
        return after;
    }

    private List<LogModel> FillTwoSegments()
    {
        List<LogModel> after = [LogModel.Empty];
        using LogJournal journal = _disk.Open(new JournalOptions { FirstBytes = 5 * Block, MostBytes = 5 * Block });
        journal.SetDisk(new DiskId(77));
        foreach (int i in Enumerable.Range(1, 3))
        {
            LogWrite write = JournalOnDisk.Append((ulong)i, 90);
            write.Adopt = KeepingTheLog.ViewOf((ulong)i);
            journal.Write(write);
            after.Add(after[^1].After(write));
        }

        return after;
    }

    private void FillSegments(ulong count)
    {
        using LogJournal journal = _disk.Open(Small);
        FillSegments(count, _disk, journal, first: 1);
    }

    private static void FillSegments(ulong count, JournalOnDisk disk, LogJournal journal, ulong first)
    {
        for (; !Segments(disk).Any(name => NumberOf(name, disk) == count); first++)
            journal.Write(JournalOnDisk.Append(first, 3_000));
    }

    private string NameOf(ulong segment) => NameOf(segment, _disk);

    private static IEnumerable<string> Segments(JournalOnDisk disk) =>
        disk.Files.List().Where(name => !name.EndsWith(JournalDirectory.Unfinished, StringComparison.Ordinal));
}
