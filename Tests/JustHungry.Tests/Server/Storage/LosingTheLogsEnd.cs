using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Journal;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>
/// A disk that lacks what it had acknowledged is another disk: no member, so it can't be promoted and its acks count for nothing until it
/// is level. A last record that was damaged looks like one that a crash tore, and an old journal like a whole one.
/// </summary>
internal sealed class LosingTheLogsEnd
{
    private static readonly RecordedShop Shop = new();

    private TestDisk _disk = null!;

    [SetUp]
    public void Fill()
    {
        _disk = TestDisk.Started();
        _disk.Write(new LogWrite { Adopt = KeepingTheLog.ViewOf(1) });
        _disk.Append(Shop.Batch(1, 100));
        _disk.Append(Shop.Batch(101, 150));
    }

    [TearDown]
    public void Delete() => _disk.Dispose();

    [Test]
    public void A_killed_server_lost_nothing()
    {
        using TestDisk killed = _disk.Killed();

        IsItself(killed.Start(), 150);
        IsItself(killed.Restart(), 150);
    }

    [Test]
    public void A_damaged_last_record_makes_another_disk()
    {
        using TestDisk killed = _disk.Killed();
        FlipLastRecord(killed.LogFile);

        RecoveredDisk recovered = killed.Start();

        IsAnother(recovered, "150@1");
        KeepingTheLog.Same(recovered.Batches, [Shop.Batch(1, 100)]);
        killed.Append(Shop.Batch(101, 120));
        RecoveredDisk again = killed.Restart();
        again.Loss.Should().BeNull();
        again.Disk.Should().Be(recovered.Disk, "it is said once");
    }

    [Test]
    public void A_log_that_ends_before_its_tables_is_kept_aside_with_them_and_the_disk_begins_anew()
    {
        using TestDisk old = _disk.Killed();
        _disk.Append(Shop.Batch(151, 160));
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(160));
        using TestDisk now = _disk.Killed();
        File.Copy(old.LogFile, now.LogFile, overwrite: true);
        byte[] orders = File.ReadAllBytes(now.OrdersFile), log = File.ReadAllBytes(now.LogFile), mark = Mark(now.Directory);

        RecoveredDisk recovered = now.Start();

        IsAnother(recovered, "tables stand at entry 160@1");
        (recovered.Last, recovered.CheckpointAt).Should().Be((EntryPosition.Start, EntryPosition.Start));
        recovered.Adopted.Should().BeNull();
        recovered.Aside.Should().StartWith(now.Directory + ".aside-");
        File.ReadAllBytes(Path.Combine(recovered.Aside!, "journal-1")).Should().Equal(log);
        Mark(recovered.Aside!).Should().Equal(mark);
        new FileInfo(Path.Combine(recovered.Aside!, "orders.db")).Length.Should().BeGreaterThanOrEqualTo(orders.Length);
        now.Append(Shop.Batch(1, 100));
        RecoveredDisk again = now.Restart();
        (again.Loss, again.Aside).Should().Be((null, null));
        again.Disk.Should().Be(recovered.Disk);

        static byte[] Mark(string directory) => File.ReadAllBytes(Path.Combine(directory, "acknowledged"));
    }

    [Test]
    public void A_log_that_lost_its_end_and_still_holds_what_its_tables_hold_is_used()
    {
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(80));
        using TestDisk killed = _disk.Killed();
        FlipLastRecord(killed.LogFile);

        RecoveredDisk recovered = killed.Start();

        IsAnother(recovered, "150@1");
        recovered.Aside.Should().BeNull();
        recovered.CheckpointAt.Should().Be(RecordedShop.At(80));
    }

    [Test]
    public void A_lost_adoption_makes_another_disk()
    {
        using TestDisk before = _disk.Killed();
        _disk.Write(new LogWrite { Adopt = KeepingTheLog.ViewOf(2) });
        using TestDisk after = _disk.Killed();
        File.Copy(before.LogFile, after.LogFile, overwrite: true);

        IsAnother(after.Start(), "epoch 2");
    }

    [Test]
    public void An_old_log_under_the_same_id_makes_another_disk()
    {
        using TestDisk old = _disk.Killed();
        _disk.Append(Shop.Batch(151, 160));
        using TestDisk now = _disk.Killed();
        File.Copy(old.LogFile, now.LogFile, overwrite: true);

        IsAnother(now.Start(), "160@1");
    }

    [Test]
    public void A_log_of_before_a_cut_makes_another_disk_though_it_is_longer()
    {
        using TestDisk old = _disk.Killed();
        _disk.Write(new LogWrite { CutFrom = new EntryIndex(101), Append = { Shop.Batch(101, 110, epoch: 1) } });
        using TestDisk now = _disk.Killed();
        File.Copy(old.LogFile, now.LogFile, overwrite: true);

        IsAnother(now.Start(), "110@1");
    }

    [Test]
    public void A_deleted_or_damaged_mark_makes_another_disk([Values] bool isDeleted)
    {
        using TestDisk killed = _disk.Killed();
        string mark = Path.Combine(killed.Directory, "acknowledged");
        if (isDeleted)
            File.Delete(mark);
        else
            File.WriteAllText(mark, File.ReadAllText(mark).Replace("entry 150", "entry 140", StringComparison.Ordinal));

        IsAnother(killed.Start(), "nobody knows");
    }

    [Test]
    public void A_cut_is_no_loss()
    {
        _disk.Write(new LogWrite { CutFrom = new EntryIndex(101) });

        using TestDisk killed = _disk.Killed();
        IsItself(killed.Start(), 100);
    }

    [Test]
    public void Killed_between_a_commit_and_its_mark_it_lost_nothing()
    {
        using TestDisk before = _disk.Killed();
        _disk.Write(new LogWrite { CutFrom = new EntryIndex(101), Adopt = KeepingTheLog.ViewOf(2) });
        using TestDisk after = _disk.Killed();
        File.Copy(Path.Combine(before.Directory, "acknowledged"), Path.Combine(after.Directory, "acknowledged"), overwrite: true);

        IsItself(after.Start(), 100);
    }

    [Test]
    public void An_installation_is_no_loss()
    {
        _disk.Disk.BeginInstall(new TransferId(1));
        _disk.Next<TestDisk.InstallStored>();
        using (TestDisk killed = _disk.Killed())
            IsItself(killed.Start(), 0);
        _disk.Disk.EndInstall(new TransferId(1), RecordedShop.At(120));
        _disk.Next<TestDisk.Loaded>();
        using TestDisk whole = _disk.Killed();
        whole.Start().Loss.Should().BeNull();
        whole.Stop();
    }

    private static void FlipLastRecord(string journal)
    {
        byte[] bytes = File.ReadAllBytes(journal);
        int last = Enumerable.Range(1, (bytes.Length / RecordFrame.BlockBytes) - 1).Select(block => block * RecordFrame.BlockBytes)
            .Last(at => RecordFrame.Read(bytes.AsSpan(at)) is { Segment: 1, Number: > 0 });
        bytes[last + RecordFrame.HeaderBytes + 1] ^= 1;
        File.WriteAllBytes(journal, bytes);
    }

    private void IsItself(RecoveredDisk found, ulong last)
    {
        found.Loss.Should().BeNull();
        found.Disk.Should().Be(_disk.Recovered.Disk);
        found.Last.Index.Value.Should().Be(last);
    }

    private void IsAnother(RecoveredDisk found, string said)
    {
        found.Loss.Should().Contain(said);
        found.Disk.Should().NotBe(_disk.Recovered.Disk);
    }
}
