using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage.Journal;

/// <summary>
/// A journal of tiny segments is filled, left and used again, and before each step of it the world ends: by a kill, by a loss of power that
/// takes all that was not synced, and by one that takes some sectors of it.
/// </summary>
internal sealed class CrashingAtEveryStep
{
    private static readonly JournalOptions Tiny = new() { FirstBytes = 16 * 1024, MostBytes = 32 * 1024, SparesMost = 2 };

    private readonly List<string> _problems = [];
    private int _crashes;

    [SetUp]
    public void Begin()
    {
        _problems.Clear();
        _crashes = 0;
    }

    [Test]
    public void All_that_was_acknowledged_is_there_and_of_the_write_under_way_all_or_nothing([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var files = new PoweredFiles();
        var work = new MadeUpWrites(random);
        LogModel acknowledged = LogModel.Empty, underWay = LogModel.Empty;
        files.BeforeStep = step => CrashEachWay(files, step, () => (acknowledged, underWay));

        LogJournal journal = LogJournal.Open(files, Tiny);
        for (int i = 0; i < 60; i++)
        {
            if (random.Next(20) == 0)
            {
                journal.Dispose();
                journal = LogJournal.Open(files, Tiny);
                journal.CommitBoot(new BootId(7));
            }

            (Action<LogJournal> doIt, LogModel after) = work.Next();
            files.Quietly(() => underWay = after);
            doIt(journal);
            files.Quietly(() => acknowledged = after);
        }

        files.BeforeStep = null;
        journal.Dispose();
        _problems.Should().BeEmpty();
        _crashes.Should().BeGreaterThan(500);
        files.List().Should().HaveCountLessThan(12, "segments behind the base are used again, or deleted");
    }

    [Test]
    public void A_crash_after_a_crash_loses_nothing_either([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var files = new PoweredFiles();
        var work = new MadeUpWrites(random);
        LogModel acknowledged = LogModel.Empty, underWay = LogModel.Empty;
        for (int life = 0; life < 12; life++)
        {
            // one of its steps is the last one that this process does: in the start itself, in a write, or in making a segment
            files.StepsUntilFailure = random.Next(1, 40);
            try
            {
                LogJournal journal = LogJournal.Open(files, Tiny);
                LogModel found = Found(journal);
                (found.IsSame(acknowledged) || found.IsSame(underWay)).Should().BeTrue($"{found} should be {acknowledged} or {underWay}");
                work = new MadeUpWrites(random, found);
                acknowledged = underWay = found;
                journal.CommitBoot(new BootId((UInt128)life));
                while (true)
                {
                    (Action<LogJournal> doIt, underWay) = work.Next();
                    doIt(journal);
                    acknowledged = underWay;
                }
            }
            catch (StorageException e) when (e is not DamagedStorageException)
            {
                files = random.Next(2) == 0 ? files.AfterKill() : files.AfterPowerLoss(random.Next(2) == 0 ? random : null);
            }
        }
    }

    [Test]
    public void How_far_a_journal_says_it_has_come_when_it_was_opened_survives_a_loss_of_power()
    {
        var files = new PoweredFiles();
        LogJournal journal = LogJournal.Open(files); // so large that no segment is made meanwhile
        journal.CommitBoot(new BootId(1));
        files.StepsUntilFailure = 2; // the write goes through, and its sync fails
        FluentActions.Invoking(() => journal.Write(JournalOnDisk.Append(1, 100))).Should().Throw<StorageException>();

        PoweredFiles killed = files.AfterKill();
        LogMark mark = LogJournal.Open(killed).Mark; // what the start writes into the file beside the journal

        mark.Last.Index.Value.Should().Be(1, "the page cache has it");
        using RecoveredJournal? left = JournalReader.Read(killed.AfterPowerLoss(null));
        (left!.NextNumber - 1).Should().Be(mark.Record);
    }

    [Test]
    public void A_kill_between_any_two_steps_leaves_real_files_that_are_read_whole()
    {
        using var disk = new JournalOnDisk();
        var work = new MadeUpWrites(new Random(3));
        LogModel acknowledged = LogModel.Empty, underWay = LogModel.Empty;
        var model = new Lock();
        var files = new SteppedDirectory(disk.Files, () =>
        {
            lock (model)
            {
                _crashes++;
                using var killed = new JournalOnDisk();
                foreach (string name in disk.Files.List())
                    killed.Write(name, disk.Bytes(name));
                using LogJournal journal = killed.Open(Tiny);
                LogModel found = Found(journal);
                if (!found.IsSame(acknowledged) && !found.IsSame(underWay))
                    _problems.Add($"crash {_crashes}: {found} and not {acknowledged} or {underWay}");
            }
        });

        using (LogJournal journal = LogJournal.Open(files, Tiny))
        {
            for (int i = 0; i < 40; i++)
            {
                (Action<LogJournal> doIt, LogModel after) = work.Next();
                lock (model)
                    underWay = after;
                doIt(journal);
                lock (model)
                    acknowledged = after;
            }
        }

        _problems.Should().BeEmpty();
        _crashes.Should().BeGreaterThan(100);
    }

    private static LogModel Found(LogJournal journal) => new(journal.Adopted, journal.Base, [.. journal.Batches], journal.IsInstalling);

    private void CrashEachWay(PoweredFiles files, string step, Func<(LogModel, LogModel)> mayBe)
    {
        (LogModel acknowledged, LogModel underWay) = mayBe();
        var chance = new Random(_crashes);
        foreach (PoweredFiles left in (PoweredFiles[])[files.AfterKill(), files.AfterPowerLoss(null), files.AfterPowerLoss(chance)])
        {
            _crashes++;
            try
            {
                using RecoveredJournal? found = JournalReader.Read(left);
                LogModel model = found is null ? LogModel.Empty : LogModel.Of(found.State);
                if (!model.IsSame(acknowledged) && !model.IsSame(underWay))
                    _problems.Add($"crash {_crashes} before: {step}: {model} and not {acknowledged} or {underWay}");
            }
            catch (StorageException e)
            {
                _problems.Add($"crash {_crashes} before: {step}: {e.Message}");
            }
        }
    }
}
