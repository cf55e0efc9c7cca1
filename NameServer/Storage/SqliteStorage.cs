using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using Microsoft.Data.Sqlite;

namespace JustHungry.NameServer.Storage;

/// <summary>
/// The default storage: one SQLite file, with one transaction for each change, which is on disk when the call returns (WAL with
/// synchronous=FULL). Used by the core's loop only; a lock file keeps a second name server away.
/// </summary>
internal sealed class SqliteStorage : LocalStorage
{
    private readonly FileLock _lock;
    private readonly SqliteConnection _connection;

    private SqliteStorage(FileLock fileLock, SqliteConnection connection)
    {
        _lock = fileLock;
        _connection = connection;
    }

    /// <summary>Another at each start, and not stored: two name servers on copies of one file are two registers.</summary>
    public override DiskId Register { get; } = new(FreshIds.Next());

    /// <summary>Opens the file, or creates it.</summary>
    /// <param name="patience">How to wait for another program that is reading the file; null: fail instead.</param>
    /// <exception cref="StorageException">The file is in use, damaged, not a name server's, or can't be written.</exception>
    public static SqliteStorage Open(string path, Patience? patience = null)
    {
        path = Path.GetFullPath(path);
        FileLock fileLock = Lock(path);
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteFile.Open(path);
            var storage = new SqliteStorage(fileLock, connection);
            storage.CheckEveryRow(); // finds unreadable rows now, rather than after the first answer
            SqliteFile.RewriteWal(connection, patience);
            return storage;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            fileLock.Dispose();
            if (e is OperationCanceledException)
                throw;
            throw SqliteFile.Explain(path, e);
        }
    }

    public override (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load() => (LoadNames(), LoadViews());

    public override void Put(StoredName name)
    {
        using SqliteCommand command = Command(
            "INSERT INTO names (name, position, registration) VALUES ($name, $position, $registration) " +
            "ON CONFLICT (name) DO UPDATE SET position = excluded.position, registration = excluded.registration");
        command.Parameters.AddWithValue("$name", name.Registration.Name);
        command.Parameters.AddWithValue("$position", name.Order);
        command.Parameters.AddWithValue("$registration", StoredBytes.Of(name.Registration));
        command.ExecuteNonQuery();
    }

    public override void Remove(IReadOnlyList<string> names)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand command = Command("DELETE FROM names WHERE name = $name");
        SqliteParameter parameter = command.Parameters.Add("$name", SqliteType.Text);
        foreach (string name in names)
        {
            parameter.Value = name;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public override void Append(StoredView view)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand command = Command(
            "INSERT INTO views (group_name, epoch, kind, proposal, view, made_at) VALUES ($group, $epoch, $kind, $proposal, $view, $madeAt)");
        command.Parameters.AddWithValue("$group", view.View.Group);
        command.Parameters.AddWithValue("$epoch", (long)view.View.Epoch.Value);
        command.Parameters.AddWithValue("$kind", (int)view.Kind);
        command.Parameters.AddWithValue("$proposal", StoredBytes.Of(view.ProposalId));
        command.Parameters.AddWithValue("$view", StoredBytes.Of(view.View));
        command.Parameters.AddWithValue("$madeAt", view.MadeAt);
        command.ExecuteNonQuery();
        Prune(view.View.Group);
        transaction.Commit();
    }

    public override IReadOnlyList<MadeView> History(string group, Epoch after, int countMax)
    {
        using SqliteCommand command = Command(
            "SELECT group_name, epoch, kind, proposal, view, made_at FROM views WHERE group_name = $group AND epoch > $after ORDER BY epoch LIMIT $count");
        command.Parameters.AddWithValue("$group", group);
        command.Parameters.AddWithValue("$after", (long)Math.Min(after.Value, long.MaxValue));
        command.Parameters.AddWithValue("$count", countMax);
        return [.. ReadViews(command).Select(v => v.ToMadeView())];
    }

    public override void Dispose()
    {
        _connection.Dispose();
        _lock.Dispose();
        base.Dispose();
    }

    /// <summary>Checks the history too, which is otherwise read only on request; one row at a time, since there may be many.</summary>
    private void CheckEveryRow()
    {
        LoadNames();
        using SqliteCommand command = Command("SELECT group_name, epoch, kind, proposal, view, made_at FROM views ORDER BY group_name, epoch");
        foreach (StoredView _ in ReadViews(command))
        {
        }
    }

    /// <summary>Deletes views too old to be of use; never the last one, which is in force.</summary>
    private void Prune(string group)
    {
        string kept = string.Join(", ", Enum.GetValues<ProposalKind>().Where(StoredView.IsKeptForEver).Select(k => (int)k));
        using SqliteCommand command = Command(
            $"DELETE FROM views WHERE group_name = $group AND kind NOT IN ({kept}) AND epoch <= " +
            $"(SELECT epoch FROM views WHERE group_name = $group AND kind NOT IN ({kept}) ORDER BY epoch DESC LIMIT 1 OFFSET $kept)");
        command.Parameters.AddWithValue("$group", group);
        command.Parameters.AddWithValue("$kept", StoredView.KeptMax);
        command.ExecuteNonQuery();
    }

    private List<StoredName> LoadNames()
    {
        using SqliteCommand command = Command("SELECT name, position, registration FROM names ORDER BY position");
        return [.. StoredRows.Read(command, "names", StoredRows.ToName)];
    }

    private List<StoredView> LoadViews()
    {
        using SqliteCommand command = Command(
            "SELECT group_name, epoch, kind, proposal, view, made_at FROM views AS v " +
            "WHERE epoch = (SELECT max(epoch) FROM views WHERE group_name = v.group_name) ORDER BY group_name");
        return [.. ReadViews(command)];
    }

    private static IEnumerable<StoredView> ReadViews(SqliteCommand command) => StoredRows.Read(command, "views", StoredRows.ToView);

    private SqliteCommand Command(string text)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        return command;
    }

    /// <summary>Held while the storage is open; the operating system releases it however the process dies.</summary>
    private static FileLock Lock(string path)
    {
        try
        {
            DirectorySync.Make(Path.GetDirectoryName(path)!);
            return FileLock.TryTake(path + ".lock") ??
                throw new StorageException($"{path} is in use by another name server. Stop that one, or choose another file with --storage sqlite:PATH.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path} can't be opened: {e.Message}", e);
        }
    }
}
