using JustHungry.Protocol.Daemons;
using Microsoft.Data.Sqlite;

namespace JustHungry.NameServer.Storage;

/// <summary>Opens the name server's database, creates it if there is none, and explains what is wrong if it can't.</summary>
internal static class SqliteFile
{
    /// <summary>'JHNS': distinguishes this file from any other SQLite database.</summary>
    private const int ApplicationId = 0x4A484E53;

    /// <summary>Version 2 added the time at which a view was made.</summary>
    private const int SchemaVersion = 2;

    /// <summary>Someone using a sqlite3 shell may lock the file for a moment.</summary>
    private const int BusySeconds = 2;

    private const int TryAgainMs = 250;

    private const int SqliteCorrupt = 11; // SQLITE_CORRUPT
    private const int SqliteNotADatabase = 26; // SQLITE_NOTADB

    /// <exception cref="SqliteException">The file can't be opened, or is damaged.</exception>
    /// <exception cref="StorageException">The file belongs to another program.</exception>
    public static SqliteConnection Open(string path)
    {
        var builder = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        };
        var connection = new SqliteConnection(builder.ConnectionString);
        try
        {
            connection.Open();
            Identify(connection);
            Configure(connection);
            CheckDamage(connection);
            MakeTables(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Copies the contents of the WAL into the file, fsyncs both, and empties the WAL. If an fsync failed in the process before, what was
    /// read may be only in the page cache, marked clean; so it is written again before anybody gets an answer.
    /// </summary>
    /// <param name="patience">How to wait for another program that reads a snapshot in the WAL; null: fail instead.</param>
    /// <exception cref="StorageException">Another program's read prevents it.</exception>
    /// <exception cref="OperationCanceledException">The process was told to stop while waiting.</exception>
    public static void RewriteWal(SqliteConnection connection, Patience? patience)
    {
        const string Why = "it can't be written anew: another program has been reading it since before this start";
        for (bool isFirst = true; Query(connection, "PRAGMA wal_checkpoint(TRUNCATE)") != 0; isFirst = false)
        {
            if (patience is null)
                throw new StorageException($"{Why}. End that one first.");
            if (isFirst)
                patience.Say($"{connection.DataSource}: {Why}. Waiting until it ends");
            if (patience.Stop.WaitHandle.WaitOne(TryAgainMs))
                throw new OperationCanceledException(patience.Stop);
        }
    }

    /// <summary>Turns a failure into the message for the operator.</summary>
    public static StorageException Explain(string path, Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: SqliteCorrupt } or StorageException { InnerException: not null } => new StorageException(
            $"{path} is damaged: {e.Message} Restore it from a copy, or move it away (with {path}-wal and {path}-shm), start the name server, " +
            "and run 'nameserver repair' for each group when its servers have registered.", e),
        SqliteException { SqliteErrorCode: SqliteNotADatabase } => new StorageException(
            $"{path} is not a name server's database. Choose another file with --storage sqlite:PATH, or move this one away.", e),
        _ => new StorageException($"{path}: {e.Message}", e),
    };

    private static void Identify(SqliteConnection connection)
    {
        long application = Query(connection, "PRAGMA application_id");
        long version = Query(connection, "PRAGMA user_version");
        long tables = Query(connection, "SELECT count(*) FROM sqlite_schema");
        if (application != ApplicationId && (tables > 0 || application != 0))
            throw new StorageException("this is the database of another program. Choose another file with --storage sqlite:PATH.");
        if (version > SchemaVersion)
            throw new StorageException($"this file was written by a newer version of the name server (format {version}). Start that one.");
    }

    private static void Configure(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA journal_mode = WAL");
        Execute(connection, "PRAGMA synchronous = FULL"); // a view must survive a power failure once it has been confirmed
        Execute(connection, "PRAGMA fullfsync = ON"); // macOS: fsync alone leaves the data in the drive's cache
        Execute(connection, "PRAGMA checkpoint_fullfsync = ON");
        const int Full = 2;
        if (Query(connection, "PRAGMA synchronous") != Full || Query(connection, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'") != 1)
            throw new StorageException("SQLite does not make its commits durable here (WAL with synchronous = FULL). Choose another disk.");
    }

    private static void CheckDamage(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok" and var found)
            throw new SqliteException($"{found}", SqliteCorrupt);
    }

    private static void MakeTables(SqliteConnection connection)
    {
        long version = Query(connection, "PRAGMA user_version");
        using SqliteTransaction transaction = connection.BeginTransaction();
        Execute(connection, $"PRAGMA application_id = {ApplicationId}");
        Execute(connection, $"PRAGMA user_version = {SchemaVersion}");
        Execute(connection, "CREATE TABLE IF NOT EXISTS names (name TEXT PRIMARY KEY, position INTEGER NOT NULL, registration BLOB NOT NULL)");
        Execute(connection,
            "CREATE TABLE IF NOT EXISTS views (group_name TEXT NOT NULL, epoch INTEGER NOT NULL, kind INTEGER NOT NULL, " +
            "proposal BLOB NOT NULL, view BLOB NOT NULL, PRIMARY KEY (group_name, epoch))");
        if (version < SchemaVersion)
            Execute(connection, "ALTER TABLE views ADD COLUMN made_at INTEGER NOT NULL DEFAULT 0");
        transaction.Commit();
    }

    private static long Query(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
