using FluentAssertions;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>A start believes nothing unchecked, says what is wrong in a sentence, and changes nothing.</summary>
internal sealed class DamagedFiles
{
    private static readonly RecordedShop Shop = new();

    private TestDisk _disk = null!;

    [SetUp]
    public void Fill()
    {
        _disk = TestDisk.Started();
        _disk.Append(Shop.Batches());
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(50));
        _disk.Write(new() { Base = RecordedShop.At(20) });
        _disk.Stop();
    }

    [TearDown]
    public void Delete() => _disk.Dispose();

    [Test]
    public void A_damaged_log_is_refused_and_named()
    {
        byte[] journal = File.ReadAllBytes(_disk.LogFile);
        int at = journal.AsSpan().IndexOf(Shop.Batches()[10].Entries.Span);
        journal[at + 8] ^= 1;
        File.WriteAllBytes(_disk.LogFile, journal);

        Refusal().Should().StartWith(_disk.LogFile).And.Contain("cannot be read").And.Contain($"Move the directory {_disk.Directory} away");
        Refusal().Should().Contain("cannot be read", "a second start finds the same: the first one changed nothing");
    }

    [TestCase("update orders set lines = 'nothing' where number = 3", "row 3")]
    [TestCase("update orders set status = 'Eaten' where number = 3", "status")]
    [TestCase("update orders set delivery = '' where number = 3", "delivery")]
    [TestCase("delete from orders where number = 3", "contradict")]
    [TestCase("update customers set key_hash = x'00'", "key hash")]
    [TestCase("update customers set id = x'00' where rowid_of_one", "id of 1 bytes")]
    [TestCase("delete from customers", "contradict")]
    [TestCase("delete from meta", "meta")]
    [TestCase("update meta set position_epoch = 2", "table meta")]
    public void Damaged_tables_are_refused_and_named(string damage, string named)
    {
        Do(_disk.OrdersFile, damage.Replace("rowid_of_one", "id = (select max(id) from customers)", StringComparison.Ordinal));

        Refusal().Should().StartWith(_disk.OrdersFile).And.Contain(named).And.Contain($"Move the directory {_disk.Directory} away");
    }

    [Test]
    public void A_file_that_is_no_journal_or_database_is_refused([Values("journal-1", "orders.db")] string name)
    {
        string file = Path.Combine(_disk.Directory, name);
        File.WriteAllText(file, new string('x', 8192));

        Refusal().Should().StartWith(file);
    }

    [Test]
    public void A_lost_log_beside_full_tables_is_refused()
    {
        File.Delete(_disk.LogFile);

        Refusal().Should().StartWith(_disk.OrdersFile).And.Contain("the log beside it goes from 0@0 to 0@0");
    }

    [Test]
    public void Tables_that_were_lost_beside_a_trimmed_log_are_refused()
    {
        File.Delete(_disk.OrdersFile);

        Refusal().Should().StartWith(_disk.OrdersFile).And.Contain("the log beside it goes from 20@1 to 200@1");
    }

    [Test]
    public void Tables_of_a_newer_server_are_refused()
    {
        string file = _disk.OrdersFile;
        Do(file, "pragma user_version = 4");

        FluentActions.Invoking(_disk.Start).Should().Throw<StorageException>().WithMessage($"{file} was written by a newer server*");
        _disk.Stop();
    }

    internal static void Do(string file, string sql)
    {
        using var database = new SqliteDatabase(file);
        database.Execute(sql);
    }

    private string Refusal()
    {
        string message = FluentActions.Invoking(_disk.Start).Should().Throw<DamagedStorageException>().Which.Message;
        _disk.Stop();
        return message;
    }
}
