using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Copying;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>No column of any row of orders.db can change without being found, wherever the tables are read.</summary>
internal sealed class SealingTheTables
{
    private static readonly RecordedShop Shop = new();

    private TestDisk _disk = null!;

    [SetUp]
    public void Fill()
    {
        _disk = TestDisk.Started();
        _disk.Append(Shop.Batches());
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(150));
    }

    [TearDown]
    public void Delete() => _disk.Dispose();

    [TestCase("update products set stock = stock - 1 where number = 6", "row 6 of the table products")]
    [TestCase("update products set price = price + 1 where number = 6", "row 6 of the table products")]
    [TestCase("update products set name = 'kali' where number = 6", "row 6 of the table products")]
    [TestCase("update products set retired = 1 where number = 6", "row 6 of the table products")]
    [TestCase("update customers set first_name = first_name || ' ' where first_name is not null", "table customers")]
    [TestCase("update customers set address = '' where address is not null", "table customers")]
    [TestCase("update customers set key_hash = zeroblob(32)", "table customers")]
    [TestCase("update customers set slot = (slot + 1) % 16", "table customers")]
    [TestCase("update customers set sequence = sequence + 1", "table customers")]
    [TestCase("update requests set answer = zeroblob(length(answer)) where slot = 3", "table requests")]
    [TestCase("update requests set sequence = sequence + 1000 where slot = 3", "table requests")]
    [TestCase("update requests set body_hash = 0 where slot = 3", "table requests")]
    [TestCase("update requests set request_id = zeroblob(16) where slot = 3", "table requests")]
    [TestCase("delete from requests where slot = 3", "a row is missing")]
    [TestCase("update orders set total = total - 1 where number = 3", "row 3 of the table orders")]
    [TestCase("update orders set tip = tip + 1, total = total + 1 where number = 3", "row 3 of the table orders")]
    [TestCase("update orders set placed_at = 0 where number = 3", "row 3 of the table orders")]
    [TestCase("update orders set order_id = order_id + 1 where number = 3", "row 3 of the table orders")]
    [TestCase("update orders set status = iif(status = 'Active', 'Delivered', 'Active') where number = 3", "row 3 of the table orders")]
    [TestCase("update orders set delivery = 'next-day' where number = 3", "row 3 of the table orders")]
    [TestCase("update orders set lines = replace(lines, 'kale', 'kali') where number = 3", "row 3 of the table orders")]
    [TestCase("update orders set seal = seal + 1 where number = 3", "row 3 of the table orders")]
    [TestCase("delete from orders where number = (select max(number) from orders)", "a row is missing")]
    [TestCase("update meta set owner_key_hash = zeroblob(32)", "table meta")]
    [TestCase("update meta set owner_key_hash = null", "table meta")]
    [TestCase("update meta set position_index = 149", "table meta")]
    [TestCase("update meta set row_seals = row_seals + 1", "table meta")]
    [TestCase("drop view order_lines", "schema")]
    [TestCase("pragma writable_schema = on; update sqlite_schema set sql = replace(sql, 'tip integer', 'tip text') where name = 'orders'", "schema")]
    public void A_start_finds_it(string damage, string named)
    {
        _disk.Stop();
        DamagedFiles.Do(_disk.OrdersFile, damage);

        FluentActions.Invoking(_disk.Start).Should().Throw<DamagedStorageException>()
            .WithMessage($"{_disk.OrdersFile} is damaged: *{named}*Move the directory {_disk.Directory} away and start*");
        _disk.Stop();
    }

    [TestCase("products", "number >= 0")]
    [TestCase("orders", "status = 'Active'")]
    [TestCase("customers", "first_name is not null")]
    [TestCase("requests", "slot = 3")]
    public void An_old_row_that_was_never_overwritten_is_found_though_its_own_seal_fits(string table, string which)
    {
        DamagedFiles.Do(_disk.OrdersFile, $"create table old as select * from {table} where {which}");
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(200));
        DamagedFiles.Do(_disk.OrdersFile, $"insert or replace into {table} select * from old; drop table old");
        _disk.Stop();

        FluentActions.Invoking(_disk.Start).Should().Throw<DamagedStorageException>();
        _disk.Stop();
    }

    [Test]
    public void A_reload_finds_it()
    {
        DamagedFiles.Do(_disk.OrdersFile, "update orders set tip = tip + 1 where number = 3");

        _disk.Disk.Load();

        _disk.Next<DamagedStorageException>().Message.Should().Contain("row 3 of the table orders");
    }

    [Test]
    public void A_state_transfer_finds_it_and_does_not_pass_it_on()
    {
        DamagedFiles.Do(_disk.OrdersFile, "delete from orders where number = (select max(number) from orders)");

        _disk.Disk.OpenSnapshot(new TransferId(1));
        _disk.Next<TestDisk.SnapshotOpened>();
        _disk.Disk.ReadSnapshot(new TransferId(1));

        _disk.Next<DamagedStorageException>().Message.Should().Contain("a row is missing");
    }

    [Test]
    public void A_copy_finds_it_and_is_not_made()
    {
        DamagedFiles.Do(_disk.OrdersFile, "update products set price = 1 where number = 6");
        string target = Path.Combine(Path.GetDirectoryName(_disk.Directory)!, "copy");

        FluentActions.Invoking(() => DirectoryCopy.Make(_disk.Directory, target, keepsDiskId: false)).Should().Throw<DamagedStorageException>();

        Directory.Exists(target).Should().BeFalse();
    }

    [Test]
    public void A_row_that_changes_is_checked_first_so_that_its_new_seal_does_not_vouch_for_old_damage()
    {
        DamagedFiles.Do(_disk.OrdersFile, "update customers set last_name = last_name || ' ' where last_name is not null");

        _disk.Disk.Checkpoint(Shop.Batches(), RecordedShop.At(200));

        _disk.Next<DamagedStorageException>().Message.Should().Contain("table customers");
    }

    [Test]
    public void The_seals_fit_after_every_kind_of_change()
    {
        for (ulong at = 151; at <= 200; at++)
        {
            _disk.Checkpoint(Shop.Batches(), RecordedShop.At(at));
            _disk.Load().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(at)));
        }

        using var database = new SqliteDatabase(_disk.OrdersFile);
        database.Number("select count(*) from orders where status = 'Cancelled'").Should().BePositive("cancelling changes a row");
    }
}
