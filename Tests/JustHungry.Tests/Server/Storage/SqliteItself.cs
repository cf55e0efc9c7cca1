using FluentAssertions;
using JustHungry.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using SQLitePCL;

namespace JustHungry.Tests.Server.Storage;

/// <summary>The library that is really loaded, whatever the packages say.</summary>
internal sealed class SqliteItself
{
    /// <summary>sqlite.org/wal.html#walresetbug: before it, a checkpoint beside a commit and another checkpoint can corrupt the file.</summary>
    private static readonly Version WithoutTheWalResetBug = new(3, 51, 3);

    [Test]
    public void It_has_no_wal_reset_bug_in_the_server()
    {
        using var disk = TestDisk.Started();
        using var database = new SqliteDatabase(disk.OrdersFile);
        using SqliteStatement query = database.Prepare("select sqlite_version()");

        query.Step().Should().BeTrue();
        Version.Parse(query.Text(0)).Should().BeGreaterThanOrEqualTo(WithoutTheWalResetBug);
        Version.Parse(raw.sqlite3_libversion().utf8_to_string()).Should().BeGreaterThanOrEqualTo(WithoutTheWalResetBug);
    }

    [Test]
    public void It_has_no_wal_reset_bug_in_the_name_server()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();

        Version.Parse(connection.ServerVersion).Should().BeGreaterThanOrEqualTo(WithoutTheWalResetBug);
    }
}
