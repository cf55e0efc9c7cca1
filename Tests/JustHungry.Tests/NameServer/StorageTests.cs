using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StorageTests : IDisposable
{
    private static readonly View First = View(1, "1", [Member("1"), Member("2")]);
    private static readonly View Second = View(2, "2", [Member("1"), Member("2")], joining: Member("3"), dataLoss: 1);

    private readonly TempDirectory _directory = new();

    private string Path => _directory.File("nameserver.db");

    public void Dispose() => _directory.Dispose();

    [Test]
    public void Names_and_views_are_there_again_after_a_restart()
    {
        using (var storage = SqliteStorage.Open(Path))
        {
            storage.Put(new StoredName(2, Replica(Member("2"), adopted: 3)));
            storage.Put(new StoredName(1, Name("n", metadata: ["a", "b"])));
            storage.Put(new StoredName(3, Name("gone")));
            storage.Put(new StoredName(1, Name("n", boot: 5)));
            storage.Remove(["gone", "never there"]);
            storage.Append(new StoredView(10, ProposalKind.Bootstrap, First));
            storage.Append(new StoredView(UInt128.MaxValue, ProposalKind.Promote, Second));
            storage.Append(new StoredView(7, ProposalKind.Bootstrap, First with { Group = "other" }));
        }

        using var again = SqliteStorage.Open(Path);
        (IReadOnlyList<StoredName> names, IReadOnlyList<StoredView> views) = again.Load();

        names.Select(n => (n.Order, Bytes(StoredBytes.Of(n.Registration)))).Should().Equal(
            (1, Bytes(StoredBytes.Of(Name("n", boot: 5)))), (2, Bytes(StoredBytes.Of(Replica(Member("2"), adopted: 3)))));
        views.Select(v => (v.ProposalId, v.Kind, Bytes(StoredBytes.Of(v.View)))).Should().Equal(
            (UInt128.MaxValue, ProposalKind.Promote, Bytes(StoredBytes.Of(Second))),
            ((UInt128)7, ProposalKind.Bootstrap, Bytes(StoredBytes.Of(First with { Group = "other" }))));
    }

    [Test]
    public void The_last_thousand_views_of_a_group_are_kept_and_whatever_an_operator_did([Values] bool sqlite)
    {
        using LocalStorage storage = sqlite ? SqliteStorage.Open(Path) : new MemoryStorage();
        for (ulong epoch = 1; epoch <= 1_010; epoch++)
        {
            ProposalKind kind = epoch switch { 1 => ProposalKind.Bootstrap, 3 => ProposalKind.Unclean, 5 => ProposalKind.Repair, _ => ProposalKind.Promote };
            storage.Append(new StoredView(epoch, kind, First with { Epoch = new Epoch(epoch) }));
        }

        storage.Append(new StoredView(7_777, ProposalKind.Bootstrap, First with { Group = "other" }));
        List<ulong> kept = [.. storage.History(Group, Epoch.None, 2_000).Select(v => v.View.Epoch.Value)];
        kept.Take(4).Should().Equal(1, 3, 5, 11);
        kept.Should().HaveCount(1_003).And.EndWith(1_010);
        StoredView inForce = storage.Load().Views.Single(v => v.View.Group == Group);
        (inForce.ProposalId, inForce.View.Epoch.Value).Should().Be((1_010, 1_010ul), "the repetition of its proposal is still known");
    }

    [Test]
    public void The_history_of_a_group_is_kept_whole_and_read_in_pages([Values] bool sqlite)
    {
        using LocalStorage storage = sqlite ? SqliteStorage.Open(Path) : new MemoryStorage();
        storage.Append(new StoredView(1, ProposalKind.Bootstrap, First));
        storage.Append(new StoredView(2, ProposalKind.Promote, Second));
        storage.Append(new StoredView(3, ProposalKind.Repair, First with { Epoch = new Epoch(1_002) }));
        storage.Append(new StoredView(4, ProposalKind.Bootstrap, First with { Group = "other" }));

        storage.History(Group, Epoch.None, 2).Select(v => (v.Kind, v.View.Epoch.Value)).Should()
            .Equal((ProposalKind.Bootstrap, 1ul), (ProposalKind.Promote, 2ul));
        storage.History(Group, new Epoch(2), 2).Select(v => v.View.Epoch.Value).Should().Equal(1_002ul);
        storage.History(Group, new Epoch(ulong.MaxValue), 2).Should().BeEmpty();
        storage.History("nobody", Epoch.None, 2).Should().BeEmpty();
    }

    [Test]
    public void A_file_of_the_version_before_is_read_its_views_have_no_time()
    {
        using (var storage = SqliteStorage.Open(Path))
            storage.Append(new StoredView(1, ProposalKind.Bootstrap, First, MadeAt: 1_000));
        using (var older = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            older.Open();
            using SqliteCommand command = older.CreateCommand();
            command.CommandText = "ALTER TABLE views DROP COLUMN made_at; PRAGMA user_version = 1";
            command.ExecuteNonQuery();
        }

        using var again = SqliteStorage.Open(Path);
        again.Append(new StoredView(2, ProposalKind.Promote, Second, MadeAt: 2_000));
        again.History(Group, Epoch.None, 9).Select(v => v.MadeAt).Should().Equal(0L, 2_000L);
    }

    [Test]
    public void A_view_is_never_replaced()
    {
        using var storage = SqliteStorage.Open(Path);
        storage.Append(new StoredView(1, ProposalKind.Bootstrap, First));

        Action again = () => storage.Append(new StoredView(2, ProposalKind.Promote, First));

        again.Should().Throw<SqliteException>();
        storage.Load().Views.Should().ContainSingle().Which.ProposalId.Should().Be((UInt128)1);
    }

    [Test]
    public void A_second_name_server_on_the_same_file_is_refused()
    {
        using (SqliteStorage.Open(Path))
        {
            Action second = () => SqliteStorage.Open(Path).Dispose();
            second.Should().Throw<StorageException>().WithMessage("*in use by another name server*");
        }

        SqliteStorage.Open(Path).Dispose();
    }

    [Test]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        File.WriteAllText(Path, string.Join('\n', Enumerable.Repeat("these are somebody's notes", 200)));
        byte[] before = File.ReadAllBytes(Path);

        Opening().Should().Throw<StorageException>().WithMessage("*not a name server's database*");

        File.ReadAllBytes(Path).Should().Equal(before);
    }

    [Test]
    public void The_database_of_another_program_is_refused_and_left_alone()
    {
        Execute("CREATE TABLE notes (text TEXT)");

        Opening().Should().Throw<StorageException>().WithMessage("*another program*");

        Query("SELECT group_concat(name) FROM sqlite_schema").Should().Be("notes");
    }

    [Test]
    public void A_file_of_a_newer_version_is_refused()
    {
        SqliteStorage.Open(Path).Dispose();
        Execute("PRAGMA user_version = 99");
        Opening().Should().Throw<StorageException>().WithMessage("*newer version*");
    }

    [Test]
    public void A_row_that_can_not_be_read_is_found_at_the_start()
    {
        using (var storage = SqliteStorage.Open(Path))
            storage.Append(new StoredView(1, ProposalKind.Bootstrap, First));
        Execute("UPDATE views SET view = x'0102'");
        Opening().Should().Throw<StorageException>().WithMessage($"*{Path} is damaged*");

        Execute("UPDATE views SET epoch = 2, view = x'" + Convert.ToHexString(StoredBytes.Of(First)) + "'");
        Opening().Should().Throw<StorageException>().WithMessage($"*{Path} is damaged*row 1 of the table views*epoch 1*");
    }

    [TestCase("UPDATE views SET view = x'0102' WHERE epoch = 1", TestName = "A_view_of_the_history_that_can_not_be_read_is_found_at_the_start")]
    [TestCase("UPDATE views SET view = x'c6ffffffff' WHERE epoch = 1", TestName = "A_view_whose_length_overflows_is_found_at_the_start")]
    [TestCase("UPDATE views SET kind = 'x' WHERE epoch = 1", TestName = "A_kind_that_is_no_number_is_found_at_the_start")]
    [TestCase("UPDATE views SET proposal = 7 WHERE epoch = 1", TestName = "A_proposal_that_is_no_id_is_found_at_the_start")]
    [TestCase("UPDATE views SET made_at = 9223372036854775807 WHERE epoch = 1", TestName = "A_time_that_is_none_is_found_at_the_start")]
    [TestCase("UPDATE names SET position = -3", TestName = "A_name_without_a_place_in_the_queue_is_found_at_the_start")]
    [TestCase("UPDATE names SET registration = 1.5", TestName = "A_name_that_can_not_be_read_is_found_at_the_start")]
    public void Damage_is_found_at_the_start(string damage)
    {
        using (var storage = SqliteStorage.Open(Path))
        {
            storage.Put(new StoredName(1, Name("n")));
            storage.Append(new StoredView(1, ProposalKind.Bootstrap, First));
            storage.Append(new StoredView(2, ProposalKind.Promote, Second));
        }

        Execute(damage);

        Opening().Should().Throw<StorageException>().WithMessage($"*{Path} is damaged*");
    }

    [Test]
    public void A_file_with_pages_of_rubbish_is_refused()
    {
        using (var storage = SqliteStorage.Open(Path))
        {
            for (int i = 0; i < 200; i++)
                storage.Put(new StoredName(i, Name($"n{i}", metadata: new string('m', 100))));
        }

        using (FileStream file = File.OpenWrite(Path))
        {
            file.Position = 4096 * 2;
            file.Write(Enumerable.Repeat((byte)0xA5, 4096 * 3).ToArray());
        }

        Opening().Should().Throw<StorageException>().WithMessage("*damaged*repair*");
    }

    [Test]
    public void A_start_writes_what_it_read_into_the_file_again_so_that_no_failed_fsync_before_it_counts()
    {
        using var first = SqliteStorage.Open(Path);
        first.Append(new StoredView(1, ProposalKind.Bootstrap, First));
        string killed = _directory.File("killed.db");
        Copy(Path, killed);
        Copy(Path + "-wal", killed + "-wal");
        new FileInfo(killed + "-wal").Length.Should().BePositive();

        using (var again = SqliteStorage.Open(killed))
        {
            again.Load().Views.Should().ContainSingle();
            new FileInfo(killed + "-wal").Length.Should().Be(0, "all of it is in the file, which was fsynced first");
        }
    }

    [Test]
    public void A_start_waits_for_whoever_reads_the_file_until_he_ends_or_it_is_stopped([Values] bool isStopped)
    {
        using var first = SqliteStorage.Open(Path);
        first.Append(new StoredView(1, ProposalKind.Bootstrap, First));
        using var report = new SqliteConnection($"Data Source={Path};Pooling=False");
        report.Open();
        SqliteTransaction reading = report.BeginTransaction(deferred: true);
        using (SqliteCommand query = report.CreateCommand())
        {
            query.CommandText = "SELECT count(*) FROM views";
            query.ExecuteScalar().Should().Be(1L);
        }

        first.Append(new StoredView(1, ProposalKind.Promote, Second));
        first.Dispose();
        using var stop = new CancellationTokenSource();
        List<string> said = [];
        var patience = new Patience(what =>
        {
            said.Add(what);
            if (isStopped)
                stop.Cancel();
            else
                reading.Commit();
        }, stop.Token);

        Action start = () => SqliteStorage.Open(Path, patience).Dispose();

        if (isStopped)
            start.Should().Throw<OperationCanceledException>();
        else
            start();
        said.Should().ContainSingle().Which.Should().Contain("can't be written anew");
        reading.Dispose();
    }

    [Test]
    public void Directories_that_it_makes_are_readable_by_their_owner_only()
    {
        if (OperatingSystem.IsWindows())
            return;

        SqliteStorage.Open(System.IO.Path.Combine(_directory.File("home"), "below", "nameserver.db")).Dispose();

        File.GetUnixFileMode(_directory.File("home")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Test]
    public void A_place_that_can_not_be_written_is_said()
    {
        File.WriteAllText(_directory.File("file"), "");
        Action open = () => SqliteStorage.Open(System.IO.Path.Combine(_directory.File("file"), "nameserver.db")).Dispose();
        open.Should().Throw<StorageException>().WithMessage("*nameserver.db can't be opened*");
    }

    private static string Bytes(byte[] bytes) => Convert.ToHexString(bytes);

    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = new FileStream(to, FileMode.CreateNew);
        source.CopyTo(target);
    }

    private Action Opening() => () => SqliteStorage.Open(Path).Dispose();

    private void Execute(string text) => Query(text);

    private object? Query(string text)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }
}
