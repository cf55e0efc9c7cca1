using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>Customers who are forgotten leave the tables as they leave memory, and the order in which others will be forgotten is stored.</summary>
internal sealed class ForgettingOnDisk
{
    private const int GuestsMax = 3;

    private static readonly RecordedShop Shop = new(updates: 400, guestsMax: GuestsMax);

    private TestDisk _disk = null!;

    [SetUp]
    public void Start()
    {
        _disk = TestDisk.Started();
        _disk.Append(Shop.Batches());
    }

    [TearDown]
    public void Stop() => _disk.Dispose();

    [Test]
    public void After_each_checkpoint_what_is_loaded_and_what_is_transferred_is_the_state([Values(1, 2)] int seed)
    {
        var random = new Random(seed);
        for (int at = 0; at < Shop.Count;)
        {
            at = Math.Min(Shop.Count, at + random.Next(1, 40));
            _disk.Checkpoint(Shop.Batches(), RecordedShop.At((ulong)at));
            ulong state = Shop.DigestAt(new EntryIndex((ulong)at));

            (random.Next(4) == 0 ? _disk.Restart().Shop : _disk.Load().Shop).Digest().Should().Be(state);
            Transferred().Digest().Should().Be(state);
        }

        using var database = new SqliteDatabase(_disk.OrdersFile);
        database.Number("select count(*) from guests").Should().Be(GuestsMax);
        database.Number("select count(*) from requests where customer not in (select id from customers)").Should().Be(0);
        database.Number("select count(*) from customers").Should().BeLessThan(database.Number("select count(distinct user) from refusals"), "more were forgotten than are kept");
    }

    [TestCase("update guests set number = number + 10", "table guests")]
    [TestCase("delete from guests", "a row is missing")]
    public void Damage_is_found(string damage, string named)
    {
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(Shop.Last.Value));
        _disk.Stop();
        DamagedFiles.Do(_disk.OrdersFile, damage);

        FluentActions.Invoking(_disk.Start).Should().Throw<DamagedStorageException>().WithMessage($"*{named}*");
        _disk.Stop();
    }

    [Test]
    public void Tables_of_the_version_before_have_no_guests()
    {
        var shop = new RecordedShop();
        using TestDisk disk = TestDisk.Started();
        disk.Append(shop.Batches());
        disk.Checkpoint(shop.Batches(), RecordedShop.At(150));
        disk.Stop();
        DamagedFiles.Do(disk.OrdersFile, "drop table guests; pragma user_version = 3");

        disk.Start();
        disk.Checkpoint(shop.Batches(), RecordedShop.At(200));
        disk.Load().Shop.Digest().Should().Be(shop.DigestAt(new EntryIndex(200)));
    }

    private ShopState Transferred()
    {
        var shop = new ShopState();
        using var snapshot = new CheckpointSnapshot(_disk.OrdersFile, chunkBytesMax: 300);
        for (bool last = false; !last;)
        {
            (ReadOnlyMemory<byte> rows, last) = snapshot.ReadChunk();
            EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(rows));
        }

        return shop;
    }
}
