using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Files;
using JustHungry.Server.Storage.Disk;
using SQLitePCL;

namespace JustHungry.Server.Storage.Sqlite;

/// <summary>
/// A connection to one SQLite file, without ADO.NET in between, since the checkpoint makes millions of calls. Used by one thread at a time.
/// Every commit is fsynced (WAL, synchronous=FULL) unless a caller says otherwise.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    // WAL: a commit is one sequential write and one fsync. FULL: that fsync is really made. fullfsync: on macOS a plain fsync stops at the
    // drive's cache.
    private const string Durable = "pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = on; pragma checkpoint_fullfsync = on; " +
        "pragma temp_store = memory";

    private const int BusyMs = 5_000; // another program, such as a report, may hold a lock for a moment while it opens the file
    private const int BusyMsOfPatient = 250; // how soon it notices that it should stop

    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];

    static SqliteDatabase() => Batteries_V2.Init();

    /// <summary>Opens the file, creating it if it does not exist.</summary>
    /// <param name="pageBytes">The page size of a new file.</param>
    public SqliteDatabase(string path, int pageBytes = 4096)
    {
        File = path;
        PrivateFile.Make(path);
        // Each connection stays on one thread, so SQLite's own mutexes are not needed.
        Check(raw.sqlite3_open_v2(path, out _handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null));
        _ = raw.sqlite3_extended_result_codes(_handle, 1);
        _ = raw.sqlite3_busy_timeout(_handle, BusyMs);
        Execute($"pragma page_size = {pageBytes}; {Durable}");
        const int Full = 2;
        if (Number("pragma synchronous") != Full || Number("select count(*) from pragma_journal_mode where journal_mode = 'wal'") != 1)
            throw new StorageException($"{path}: SQLite does not make its commits durable here (WAL with synchronous = FULL). Choose another disk.");
    }

    public string File { get; }

    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt statement));
        var prepared = new SqliteStatement(this, statement);
        _statements.Add(prepared);
        return prepared;
    }

    /// <summary>Runs statements that are used once.</summary>
    public void Execute(string sql)
    {
        Check(raw.sqlite3_exec(_handle, sql));
    }

    /// <summary>The one number that a query returns.</summary>
    public long Number(string sql)
    {
        using SqliteStatement query = Prepare(sql);
        return query.Step() ? query.Integer(0) : 0;
    }

    /// <summary>Does all of <paramref name="work"/> durably, or none of it.</summary>
    public void InTransaction(Action work)
    {
        Execute("begin immediate");
        work();
        Execute("commit");
    }

    /// <summary>
    /// Writes the contents of the WAL into the file, fsyncs both, and empties the WAL. After a failed fsync the operating system may mark
    /// pages clean that never reached the disk: they are read back from memory as if they had, and a later fsync does not write them. So a
    /// start writes again what it has read: everything committed since SQLite's last complete checkpoint, whose fsync did not fail.
    /// </summary>
    /// <param name="patience">How to wait for another program that reads a snapshot in the WAL; null: fail instead.</param>
    /// <exception cref="StorageException">The disk failed.</exception>
    /// <exception cref="OperationCanceledException">The process was told to stop while waiting.</exception>
    public void RewriteWal(Patience? patience)
    {
        int result = TryRewriteWal();
        if (result == raw.SQLITE_BUSY && patience is not null)
        {
            patience.Say($"{File} can't be written anew: another program has been reading it since before this start. Waiting until it ends");
            _ = raw.sqlite3_busy_timeout(_handle, BusyMsOfPatient);
            while (result == raw.SQLITE_BUSY)
            {
                patience.Stop.ThrowIfCancellationRequested();
                result = TryRewriteWal();
            }

            _ = raw.sqlite3_busy_timeout(_handle, BusyMs);
        }

        if (result == raw.SQLITE_BUSY)
            throw new StorageException($"{File} can't be written anew: another program has been reading it since before this start. End that one first.");
        Check(result);
    }

    private int TryRewriteWal() => raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);

    public void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw Failure(result);
    }

    /// <summary>The exception to throw for the result of the last call.</summary>
    public StorageException Failure(int result)
    {
        const int PrimaryCode = 0xff; // the rest of an extended code says where in SQLite it happened
        string what = $"SQLite says \"{raw.sqlite3_errmsg(_handle).utf8_to_string()}\" ({result})";
        return (result & PrimaryCode) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB
            ? new DamagedStorageException(File, what)
            : new StorageException($"{File}: the disk failed or is full: {what}.");
    }

    public void Forget(SqliteStatement statement) => _statements.Remove(statement);

    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements.ToArray())
            statement.Dispose();
        _ = raw.sqlite3_close_v2(_handle);
        _handle.Dispose();
    }
}
