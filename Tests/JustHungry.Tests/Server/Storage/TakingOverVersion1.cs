using System.Runtime.CompilerServices;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Copying;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>A server starts on what the version before it left, and seals it.</summary>
internal sealed class TakingOverVersion1
{
    private static readonly RecordedShop Shop = new(users: 3, updates: 60, keepsStrangers: true);

    private TestDisk _disk = null!;

    [SetUp]
    public void CopyTheFiles()
    {
        _disk = TestDisk.NotStarted();
        Directory.CreateDirectory(_disk.Directory);
        foreach (string file in (string[])["log.db", "orders.db", "disk-id"])
            File.Copy(Path.Combine(Fixture(), file), Path.Combine(_disk.Directory, file));
    }

    [TearDown]
    public void Delete() => _disk.Dispose();

    [Test]
    public void It_is_the_same_disk_with_the_same_data_and_stays_it()
    {
        DiskId disk = DataDirectory.ReadDiskId(_disk.Directory)!.Value;

        RecoveredDisk first = _disk.Start();

        Check(first, disk);
        Check(_disk.Restart(), disk);
        _disk.Checkpoint(first.Batches, RecordedShop.At(60));
        _disk.Append(LogBatch.Create(new EntryIndex(61), 1, new Epoch(1), new byte[] { 0xc4, 0 }));
        _disk.Restart().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(60)));
    }

    [Test]
    public void Its_log_is_in_the_journal_and_nowhere_else()
    {
        _disk.Start();

        Directory.GetFiles(_disk.Directory, "log.db*").Should().BeEmpty();
        _disk.Stop();
        using var journal = LogJournal.Open(new JournalDirectory(_disk.Directory));
        KeepingTheLog.Same(journal.Batches, [.. Shop.Batches().Skip(2)]);
    }

    [Test]
    public void Killed_while_the_journal_was_made_it_is_made_anew()
    {
        DiskId disk = DataDirectory.ReadDiskId(_disk.Directory)!.Value;
        File.WriteAllText(Path.Combine(_disk.Directory, "journal-1.new"), "half");

        Check(_disk.Start(), disk);
    }

    [Test]
    public void Killed_before_the_journal_had_its_name_the_one_that_was_made_counts_and_the_version_before_is_kept_out()
    {
        DiskId disk = DataDirectory.ReadDiskId(_disk.Directory)!.Value;
        using TestDisk done = TakenOver();
        File.Move(done.LogFile, Path.Combine(_disk.Directory, "journal-1.new"));
        DamagedFiles.Do(LogDatabase, "delete from batches; pragma user_version = 2"); // not read again

        Check(_disk.Start(), disk);
    }

    [Test]
    public void Killed_before_its_old_log_was_deleted_that_is_deleted()
    {
        DiskId disk = DataDirectory.ReadDiskId(_disk.Directory)!.Value;
        using TestDisk done = TakenOver();
        File.Move(done.LogFile, _disk.LogFile);
        DamagedFiles.Do(LogDatabase, "pragma user_version = 2");

        Check(_disk.Start(), disk);
        Directory.GetFiles(_disk.Directory, "log.db*").Should().BeEmpty();
    }

    [TestCase("update batches set entries = zeroblob(length(entries)) where first = 31", "first=31")]
    [TestCase("update batches set epoch = 2 where first = 31", "first=31")]
    [TestCase("update batches set count = 9 where first = 51", "first=51")]
    [TestCase("update batches set count = 0 where first = 51", "first=51")]
    [TestCase("update batches set seal = seal + 1 where first = 51", "first=51")]
    [TestCase("delete from batches where first = 31", "entry 31")]
    [TestCase("delete from batches where first = 21", "entry 21")]
    [TestCase("update state set base_index = 10", "entry 11")]
    [TestCase("update state set view = x'c1'", "view")]
    [TestCase("delete from state", "state")]
    public void A_damaged_old_log_is_refused_and_named_and_stays_as_it_is(string damage, string named)
    {
        DamagedFiles.Do(LogDatabase, damage);

        for (int i = 0; i < 2; i++)
        {
            FluentActions.Invoking(_disk.Start).Should().Throw<DamagedStorageException>()
                .WithMessage($"{LogDatabase} is damaged: *{named}*Move the directory {_disk.Directory} away*");
            _disk.Stop();
        }
    }

    [Test]
    public void A_copy_that_the_version_before_made_is_restored()
    {
        using TestDisk restored = TestDisk.NotStarted();
        File.Delete(Path.Combine(_disk.Directory, "disk-id"));

        DirectoryCopy.Make(_disk.Directory, restored.Directory, keepsDiskId: true).Last.Index.Value.Should().Be(60);

        KeepingTheLog.Same(restored.Start().Batches, [.. Shop.Batches().Skip(2)]);
        File.Exists(LogDatabase).Should().BeTrue("the copy is read only");
    }

    [Test]
    public void Tables_that_know_no_strangers_get_to_know_them()
    {
        _disk.Start();
        _disk.Stop();
        DamagedFiles.Do(_disk.OrdersFile, "drop table refusals; pragma user_version = 2");

        Check(_disk.Start(), DataDirectory.ReadDiskId(_disk.Directory)!.Value);
        Check(_disk.Restart(), DataDirectory.ReadDiskId(_disk.Directory)!.Value);
    }

    [Test]
    public void Its_rows_are_sealed()
    {
        _disk.Restart();
        _disk.Stop();
        DamagedFiles.Do(_disk.OrdersFile, "update orders set tip = tip + 1 where number = 2");

        FluentActions.Invoking(_disk.Start).Should().Throw<DamagedStorageException>().WithMessage("*row 2 of the table orders*");
        _disk.Stop();
    }

    [TestCase("update orders set lines = replace(lines, 'quantity', 'quantitx') where number = 2", "lines")]
    [TestCase("update orders set lines = replace(lines, '}', ',\"x\":1}') where number = 2", "lines")]
    [TestCase("update orders set total = total + 1 where number = 2", "total")]
    [TestCase("update orders set tip = tip + 1 where number = 2", "total")]
    [TestCase("update products set stock = -1 where number = 2", "stock is never negative")]
    public void What_its_rows_show_to_be_damage_is_not_sealed(string damage, string named)
    {
        DamagedFiles.Do(_disk.OrdersFile, damage);

        for (int i = 0; i < 2; i++)
        {
            FluentActions.Invoking(_disk.Start).Should().Throw<DamagedStorageException>().WithMessage($"*{named}*");
            _disk.Stop();
        }
    }

    [Test]
    public void Killed_while_it_is_sealed_it_is_sealed_at_the_next_start()
    {
        DiskId disk = DataDirectory.ReadDiskId(_disk.Directory)!.Value;
        _disk.Start();
        using TestDisk killed = _disk.Killed();
        File.Copy(Path.Combine(Fixture(), "orders.db"), killed.OrdersFile, overwrite: true); // as if the log's part alone had come to the disk

        Check(killed.Start(), disk);
    }

    private string LogDatabase => Path.Combine(_disk.Directory, "log.db");

    /// <summary>What taking over makes of the directory.</summary>
    private TestDisk TakenOver()
    {
        TestDisk copy = _disk.Killed();
        using (var directory = DataDirectory.Open(copy.Directory))
            OldLog.TakeOver(directory);
        return copy;
    }

    private static string Fixture([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Version1");

    private static void Check(RecoveredDisk found, DiskId disk)
    {
        found.Loss.Should().BeNull();
        found.Disk.Should().Be(disk);
        found.Base.Should().Be(RecordedShop.At(20));
        found.CheckpointAt.Should().Be(RecordedShop.At(45));
        found.Adopted!.Epoch.Should().Be(new Epoch(1));
        found.Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(45)));
        KeepingTheLog.Same(found.Batches, [.. Shop.Batches().Skip(2)]);
    }
}
