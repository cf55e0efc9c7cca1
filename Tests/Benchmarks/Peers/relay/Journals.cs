using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

interface IJournal
{
    /// <summary>The batch is on the disk when this returns.</summary>
    void Append(ReadOnlySequence<byte> batch);
}

/// <summary>One write and one fdatasync a batch, into space that was filled with zeros before. At its end it begins anew.</summary>
sealed class FileJournal : IJournal
{
    private const int FileBytes = 64 << 20;
    private const int BlockBytes = 4096; // each batch begins at a block of its own, so that none is written twice

    private readonly SafeFileHandle _file;
    private long _at;

    public FileJournal(int port)
    {
        _file = File.OpenHandle(Path.Combine(Path.GetTempPath(), $"relay-{port}.journal"), FileMode.Create, FileAccess.Write);
        var zeros = new byte[1 << 20];
        for (long at = 0; at < FileBytes; at += zeros.Length)
            RandomAccess.Write(_file, zeros, at);
        RandomAccess.FlushToDisk(_file);
    }

    public void Append(ReadOnlySequence<byte> batch)
    {
        long bytes = (batch.Length + BlockBytes - 1) / BlockBytes * BlockBytes;
        if (_at + bytes > FileBytes)
            _at = 0;
        byte[] blocks = ArrayPool<byte>.Shared.Rent((int)bytes);
        batch.CopyTo(blocks);
        blocks.AsSpan((int)batch.Length, (int)(bytes - batch.Length)).Clear();
        RandomAccess.Write(_file, blocks.AsSpan(0, (int)bytes), _at);
        ArrayPool<byte>.Shared.Return(blocks);
        _at += bytes;
        if (fdatasync((int)_file.DangerousGetHandle()) != 0)
            throw new IOException($"fdatasync: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int fdatasync(int file);
}

/// <summary>One SQLite commit a batch, synchronous=FULL: on the disk when Append returns.</summary>
sealed class SqliteJournal : IJournal
{
    private readonly SqliteCommand _insert;
    private long _row;

    public SqliteJournal(int port)
    {
        string path = Path.Combine(Path.GetTempPath(), $"relay-{port}.db");
        foreach (string file in new[] { path, path + "-wal", path + "-shm" }) File.Delete(file);
        var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        foreach (string sql in new[] { "pragma journal_mode=wal", "pragma synchronous=full", "create table entry(row integer primary key, body blob)" })
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
        _insert = connection.CreateCommand();
        _insert.CommandText = "insert into entry values($row, $body)";
        _insert.Parameters.Add("$row", SqliteType.Integer);
        _insert.Parameters.Add("$body", SqliteType.Blob);
        _insert.Prepare();
    }

    public void Append(ReadOnlySequence<byte> batch)
    {
        _insert.Parameters[0].Value = ++_row;
        _insert.Parameters[1].Value = batch.ToArray();
        _insert.ExecuteNonQuery();
    }
}
