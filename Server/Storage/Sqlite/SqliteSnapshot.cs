using JustHungry.Protocol.Files;
using JustHungry.Server.Storage.Disk;
using SQLitePCL;

namespace JustHungry.Server.Storage.Sqlite;

/// <summary>
/// A SQLite file as of one commit, while another process writes it: one read transaction on a connection that can't write. Used by one
/// thread. It delays no commits; but until it is closed the WAL can't be reset.
/// </summary>
internal sealed class SqliteSnapshot : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly string _file;

    static SqliteSnapshot() => Batteries_V2.Init();

    /// <exception cref="StorageException">The file can't be read.</exception>
    public SqliteSnapshot(string file)
    {
        _file = file;
        int opened = raw.sqlite3_open_v2(file, out _handle, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            Check(_handle, file, opened);
            _ = raw.sqlite3_busy_timeout(_handle, 5_000);
            Check(_handle, file, raw.sqlite3_exec(_handle, "begin"));
            _ = Number("select count(*) from sqlite_schema"); // the first read fixes the snapshot
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The one number that a query returns; 0 if it has no row.</summary>
    public long Number(string sql)
    {
        Check(_handle, _file, raw.sqlite3_prepare_v2(_handle, sql, out sqlite3_stmt query));
        using (query)
        {
            int result = raw.sqlite3_step(query);
            if (result == raw.SQLITE_ROW)
                return raw.sqlite3_column_int64(query, 0);
            return result == raw.SQLITE_DONE ? 0 : throw Failure(_handle, _file, result);
        }
    }

    /// <summary>Writes the snapshot, page by page, to a new file that only its owner may read. Does not fsync it.</summary>
    /// <exception cref="StorageException">It can't be written.</exception>
    public void CopyTo(string file)
    {
        PrivateFile.Make(file);
        int opened = raw.sqlite3_open_v2(file, out sqlite3 to, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            Check(to, file, opened);
            Check(to, file, raw.sqlite3_exec(to, "pragma synchronous = off"));
            using sqlite3_backup backup = raw.sqlite3_backup_init(to, "main", _handle, "main");
            int result = backup.IsInvalid ? raw.sqlite3_errcode(to) : raw.sqlite3_backup_step(backup, -1); // all pages of this snapshot
            if (result != raw.SQLITE_DONE)
                throw Failure(to, file, result);
        }
        finally
        {
            _ = raw.sqlite3_close_v2(to);
            to.Dispose();
        }
    }

    public void Dispose()
    {
        _ = raw.sqlite3_close_v2(_handle);
        _handle.Dispose();
    }

    private static void Check(sqlite3 handle, string file, int result)
    {
        if (result != raw.SQLITE_OK)
            throw Failure(handle, file, result);
    }

    private static StorageException Failure(sqlite3 handle, string file, int result) =>
        new($"{file} can't be copied: SQLite says \"{raw.sqlite3_errmsg(handle).utf8_to_string()}\" ({result}).");
}
