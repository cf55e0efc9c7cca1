using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

internal sealed class OneDirectoryOneDisk
{
    private static readonly RecordedShop Shop = new();

    private TestDisk _disk = null!;

    [SetUp]
    public void Create() => _disk = TestDisk.NotStarted();

    [TearDown]
    public void Delete() => _disk.Dispose();

    [Test]
    public void A_second_live_server_is_refused_in_a_sentence_and_the_first_lives_on()
    {
        _disk.Start();

        FluentActions.Invoking(() => DataDirectory.Open(_disk.Directory)).Should().Throw<DirectoryInUseException>()
            .WithMessage($"The data directory {_disk.Directory} is in use by another live server: stop that one first*");

        _disk.Append(Shop.Batch(1, 10));
    }

    [Test]
    public void What_a_killed_server_leaves_blocks_nobody()
    {
        _disk.Start();
        _disk.Append(Shop.Batch(1, 10));
        using TestDisk killed = _disk.Killed();
        File.WriteAllText(Path.Combine(killed.Directory, "lock"), "");
        File.WriteAllText(Path.Combine(killed.Directory, "disk-id.new"), "half");

        killed.Start().Batches.Should().HaveCount(1);
        killed.Recovered.Disk.Should().Be(_disk.Recovered.Disk);
    }

    [Test]
    public void A_restart_is_the_same_disk()
    {
        DiskId first = _disk.Start().Disk;

        _disk.Restart().Disk.Should().Be(first);
        _disk.Restart().Disk.Should().Be(first);
    }

    [Test]
    public void A_restored_copy_without_its_disk_id_is_another_disk_with_the_same_data()
    {
        DiskId first = Filled();
        File.Delete(DiskIdFile);

        RecoveredDisk restored = _disk.Start();

        restored.Disk.Should().NotBe(first);
        KeepingTheLog.Same(restored.Batches, [Shop.Batch(1, 10)]);
        _disk.Restart().Disk.Should().Be(restored.Disk, "file and log agree again");
    }

    [Test]
    public void A_log_from_elsewhere_makes_another_disk()
    {
        DiskId first = Filled();
        using var other = new TestDisk();
        DiskId second = other.Start().Disk;
        other.Append(Shop.Batch(1, 20));
        other.Stop();
        File.Copy(other.LogFile, _disk.LogFile, overwrite: true);

        DiskId mixed = _disk.Start().Disk;

        mixed.Should().NotBe(first).And.NotBe(second);
        _disk.Restart().Disk.Should().Be(mixed);
    }

    [Test]
    public void A_directory_that_lost_its_databases_is_another_disk()
    {
        DiskId first = Filled();
        File.Delete(_disk.LogFile);
        File.Delete(_disk.OrdersFile);

        RecoveredDisk empty = _disk.Start();

        empty.Disk.Should().NotBe(first);
        empty.Batches.Should().BeEmpty();
    }

    [Test]
    public void A_start_that_died_between_the_two_places_of_the_id_ends_with_both_the_same()
    {
        DiskId first = Filled();
        File.Delete(DiskIdFile);
        DiskId unregistered;
        using (var directory = DataDirectory.Open(_disk.Directory))
            unregistered = directory.MakeDiskId(); // and killed

        DiskId second = _disk.Start().Disk;

        second.Should().NotBe(first).And.NotBe(unregistered);
        _disk.Restart().Disk.Should().Be(second);
    }

    [Test]
    public void A_torn_disk_id_is_no_disk_id()
    {
        DiskId first = Filled();
        File.WriteAllBytes(DiskIdFile, new byte[7]);

        _disk.Start().Disk.Should().NotBe(first);
    }

    [Test]
    public void Set_aside_the_old_directory_is_kept_and_an_empty_disk_takes_its_place()
    {
        DiskId first = Filled();
        _disk.Start();

        _disk.Disk.SetAside();
        _disk.Next<TestDisk.WasSetAside>();
        RecoveredDisk anew = _disk.Restart();

        anew.Disk.Should().NotBe(first);
        anew.Batches.Should().BeEmpty();
        string aside = Directory.GetDirectories(Path.GetDirectoryName(_disk.Directory)!, "disk.aside-*").Should().ContainSingle().Which;
        using (var kept = DataDirectory.Open(aside))
        {
            kept.ReadDiskId().Should().Be(first);
            using var log = LogJournal.Open(kept.Journal);
            KeepingTheLog.Same(log.Batches, [Shop.Batch(1, 10)]);
        }

        _disk.Append(Shop.Batch(1, 5));
        _disk.Restart().Disk.Should().Be(anew.Disk);
        KeepingTheLog.Same(_disk.Recovered.Batches, [Shop.Batch(1, 5)]);
    }

    [Test]
    public void Set_aside_twice_in_one_second_both_are_kept()
    {
        _disk.Start();
        _disk.Disk.SetAside();
        _disk.Next<TestDisk.WasSetAside>();
        _disk.Restart();
        _disk.Disk.SetAside();
        _disk.Next<TestDisk.WasSetAside>();

        Directory.GetDirectories(Path.GetDirectoryName(_disk.Directory)!, "disk.aside-*").Should().HaveCount(2);
    }

    [Test]
    public void Only_the_owner_may_read_what_customers_said()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("Windows has no permission bits: the profile folder's rights hold");
            return;
        }

        _disk.Start();

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
            UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        foreach (string path in (string[])[_disk.Directory, .. Directory.GetFiles(_disk.Directory)])
            (File.GetUnixFileMode(path) & Others).Should().Be(UnixFileMode.None, path);
    }

    [Test]
    public void A_directory_that_cannot_be_made_is_refused_in_a_sentence()
    {
        string file = Path.Combine(Path.GetDirectoryName(_disk.Directory)!, "file");
        File.WriteAllText(file, "");

        FluentActions.Invoking(() => DataDirectory.Open(Path.Combine(file, "data"))).Should().Throw<StorageException>()
            .WithMessage($"The data directory {file}*cannot be made*");
    }

    [Test]
    public void An_ephemeral_disk_is_new_each_time_and_leaves_nothing()
    {
        string path;
        DiskId first, second;
        using (var directory = DataDirectory.Ephemeral())
        {
            path = directory.Directory;
            first = directory.MakeDiskId();
            directory.SetAside(DateTimeOffset.UnixEpoch);
        }

        using (var directory = DataDirectory.Ephemeral())
            second = directory.MakeDiskId();

        second.Should().NotBe(first);
        Directory.Exists(Path.GetDirectoryName(path)).Should().BeFalse();
    }

    private string DiskIdFile => Path.Combine(_disk.Directory, "disk-id");

    private DiskId Filled()
    {
        _disk.Start();
        _disk.Append(Shop.Batch(1, 10));
        _disk.Stop();
        return _disk.Recovered.Disk;
    }
}
