using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Copying;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

internal sealed class CopyingADirectory
{
    private static readonly RecordedShop Shop = new();

    private TestDisk _disk = null!;
    private TestDisk _copy = null!;

    [SetUp]
    public void Create()
    {
        _disk = TestDisk.Started();
        _copy = TestDisk.NotStarted();
    }

    [TearDown]
    public void Delete()
    {
        _disk.Dispose();
        _copy.Dispose();
    }

    [Test]
    public void A_copy_taken_while_the_disk_is_open_holds_all_that_was_committed_under_another_disk_id()
    {
        LogBatch[] batches = [Shop.Batch(1, 10), Shop.Batch(11, 20)];
        _disk.Append(batches);
        _disk.Checkpoint(batches, new EntryPosition(new EntryIndex(12), batches[1].Epoch));

        RecoveredDisk found = DirectoryCopy.Make(_disk.Directory, _copy.Directory, keepsDiskId: false);
        _disk.Append(Shop.Batch(21, 30));

        found.Last.Should().Be(batches[1].LastPosition);
        RecoveredDisk started = _copy.Start();
        started.Last.Should().Be(batches[1].LastPosition);
        started.CheckpointAt.Index.Value.Should().Be(12);
        started.Disk.Should().NotBe(_disk.Recovered.Disk);
        started.Shop.Digest().Should().Be(_disk.Load().Shop.Digest());
    }

    [Test]
    public void Each_start_on_a_copy_of_the_copy_is_another_disk()
    {
        _disk.Append(Shop.Batch(1, 10));
        DirectoryCopy.Make(_disk.Directory, _copy.Directory, keepsDiskId: false);
        using TestDisk again = TestDisk.NotStarted();
        DirectoryCopy.Make(_copy.Directory, again.Directory, keepsDiskId: false);

        again.Start().Disk.Should().NotBe(_copy.Start().Disk);
    }

    [Test]
    public void A_disk_that_is_being_filled_is_not_copied()
    {
        _disk.Append(Shop.Batch(1, 10));
        _disk.Disk.BeginInstall(new TransferId(1));
        _disk.Next<TestDisk.InstallStored>();

        Copying().Should().Throw<StorageException>().WithMessage("*is just being filled by the primary*");
        Directory.Exists(_copy.Directory).Should().BeFalse();
    }

    [Test]
    public void A_damaged_disk_is_not_copied_and_nothing_is_left()
    {
        _disk.Append(Shop.Batch(1, 10));
        _disk.Stop();
        byte[] log = File.ReadAllBytes(_disk.LogFile);
        int at = log.AsSpan().IndexOf(Shop.Batch(1, 10).Entries.Span[^64..]);
        at.Should().BePositive();
        log[at + 8] ^= 1;
        File.WriteAllBytes(_disk.LogFile, log);

        Copying().Should().Throw<DamagedStorageException>();
        Directory.GetFileSystemEntries(Path.GetDirectoryName(_copy.Directory)!).Should().BeEmpty();
    }

    [Test]
    public void What_is_there_is_never_overwritten()
    {
        _disk.Append(Shop.Batch(1, 10));
        Directory.CreateDirectory(_copy.Directory);
        File.WriteAllText(Path.Combine(_copy.Directory, "mine"), "");
        Copying().Should().Throw<StorageException>().WithMessage("*not empty*");

        File.Delete(Path.Combine(_copy.Directory, "mine"));
        Directory.CreateDirectory(_copy.Directory + ".unfinished");
        Copying().Should().Throw<StorageException>().WithMessage("*broken off*");

        Directory.Delete(_copy.Directory + ".unfinished");
        Copying().Should().NotThrow("an empty directory is nothing");
    }

    private Action Copying() => () => DirectoryCopy.Make(_disk.Directory, _copy.Directory, keepsDiskId: false);
}
