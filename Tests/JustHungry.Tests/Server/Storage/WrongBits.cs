using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>
/// Whatever happens to one of a data directory's files, a start either refuses in a sentence or has exactly what was written; and if it
/// has less than was acknowledged, it is another disk. A sample of the bits, by a seed that is printed.
/// </summary>
[Category("Slow")]
[Parallelizable(ParallelScope.Self)]
internal sealed class WrongBits
{
    private const int Tries = 120;

    private static readonly RecordedShop Shop = new();

    private TestDisk _killed = null!;
    private DiskId _disk;

    [OneTimeSetUp]
    public void LeaveSomethingInEachFile()
    {
        using TestDisk disk = TestDisk.Started();
        disk.Write(new LogWrite { Adopt = KeepingTheLog.ViewOf(1) });
        disk.Append(Shop.Batches()[..10]);
        disk.Checkpoint(Shop.Batches(), RecordedShop.At(60));
        disk.Write(new LogWrite { Base = RecordedShop.At(20) });
        disk.Restart(); // empties the tables' WAL
        disk.Append(Shop.Batches()[10..]);
        disk.Checkpoint(Shop.Batches(), RecordedShop.At(120));
        _disk = disk.Recovered.Disk;
        _killed = disk.Killed();
    }

    [OneTimeTearDown]
    public void Delete() => _killed.Dispose();

    [Test]
    public void One_wrong_bit_is_refused_or_changes_nothing(
        [Values("journal-1", "orders.db", "orders.db-wal", "disk-id", "acknowledged")] string file)
    {
        Random random = Seeded(out int seed);
        byte[] whole = File.ReadAllBytes(Path.Combine(_killed.Directory, file));
        for (int i = 0; i < Tries; i++)
        {
            int bit = random.Next(whole.Length * 8);
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Judge(file, flipped, $"bit {bit} of {file} is wrong (seed {seed})");
        }
    }

    [Test]
    public void A_file_that_ends_early_or_is_gone_is_refused_or_changes_nothing(
        [Values("journal-1", "orders.db", "orders.db-wal", "disk-id", "acknowledged")] string file)
    {
        Random random = Seeded(out int seed);
        byte[] whole = File.ReadAllBytes(Path.Combine(_killed.Directory, file));
        Judge(file, null, $"{file} is gone");
        Judge(file, [], $"{file} is empty");
        for (int i = 0; i < Tries / 6; i++)
        {
            int bytes = random.Next(whole.Length);
            Judge(file, whole[..bytes], $"{file} ends after {bytes} bytes (seed {seed})");
        }
    }

    private static Random Seeded(out int seed)
    {
        seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    private void Judge(string file, byte[]? content, string because)
    {
        using TestDisk disk = _killed.Killed();
        string path = Path.Combine(disk.Directory, file);
        if (content is null)
            File.Delete(path);
        else
            File.WriteAllBytes(path, content);

        RecoveredDisk found;
        try
        {
            found = disk.Start();
        }
        catch (StorageException e)
        {
            e.Message.Should().StartWith(disk.Directory, because).And.EndWith(".", because);
            return;
        }

        found.Shop.Digest().Should().Be(Shop.DigestAt(found.CheckpointAt.Index), because);
        KeepingTheLog.Same(found.Batches, [.. Shop.Batches().Where(batch => batch.First > found.Base.Index && batch.Last <= found.Last.Index)]);
        (found.Base.Index.Value is 0 or 20).Should().BeTrue(because);
        if (found.Disk != _disk)
            return;

        found.Last.Index.Should().Be(Shop.Last, because);
        found.Adopted!.HasSameContentAs(KeepingTheLog.ViewOf(1)).Should().BeTrue(because);
    }
}
