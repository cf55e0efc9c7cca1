using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// Keeps log.db's WAL from growing without end, off the commit path: a thread and connection of its own copy it into the file. While
/// commits go on that never copies the very last frames, and SQLite begins the WAL anew only when all are copied; so the log's thread
/// copies those few itself, between two commits. <see cref="Grew"/> is called by the log's thread.
/// </summary>
internal sealed class WalKeeper(LogDatabase log, Action<Exception> failed) : IDisposable
{
    /// <summary>A second's worth of orders at full load: rare enough to cost nothing, small enough to read back at once after a kill.</summary>
    private const long WalBytesMax = 32 * 1024 * 1024;

    private readonly DiskWorker _worker = new("log WAL", failed);
    private SqliteDatabase? _connection;
    private long _bytes;
    private volatile bool _copying, _copied;

    public void Grew(long bytes)
    {
        _bytes += bytes;
        if (_bytes < WalBytesMax || _copying)
            return;

        if (_copied)
        {
            _copied = false;
            _bytes = log.CheckpointWal() ? 0 : WalBytesMax / 2; // somebody reads the file: try again later
            return;
        }

        _copying = true;
        _worker.Post(Copy);
    }

    public void Dispose()
    {
        _worker.Dispose();
        _connection?.Dispose();
    }

    private void Copy()
    {
        _connection ??= new SqliteDatabase(log.File);
        _connection.CheckpointWal();
        _copied = true;
        _copying = false;
    }
}
