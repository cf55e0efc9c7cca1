using System.Runtime.CompilerServices;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>A server starts on what the version before it left, and seals it.</summary>
internal sealed class TakingOverVersion1
{
    private static readonly RecordedShop Shop = new(users: 3, updates: 60);

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
