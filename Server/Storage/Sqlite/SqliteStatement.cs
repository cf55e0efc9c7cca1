using System.Buffers.Binary;
using JustHungry.Server.Storage.Disk;
using SQLitePCL;

namespace JustHungry.Server.Storage.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0. A column's span is valid until the next step.</summary>
internal sealed unsafe class SqliteStatement(SqliteDatabase database, sqlite3_stmt statement) : IDisposable
{
    private static readonly byte[] Empty = [0]; // SQLite takes a null pointer for NULL, even if the length is 0

    private readonly nint _handle = statement.DangerousGetHandle();

    public SqliteStatement Bind(int parameter, long value)
    {
        database.Check(SqliteCalls.BindInteger(_handle, parameter, value));
        return this;
    }

    /// <summary>SQLite's integers are signed, so it stores the same 64 bits.</summary>
    public SqliteStatement Bind(int parameter, ulong value) => Bind(parameter, unchecked((long)value));

    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> blob)
    {
        fixed (byte* first = blob.IsEmpty ? Empty : blob)
            database.Check(SqliteCalls.BindBlob(_handle, parameter, first, blob.Length, SqliteCalls.Transient));
        return this;
    }

    public SqliteStatement BindId(int parameter, UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return Bind(parameter, bytes);
    }

    public SqliteStatement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        fixed (byte* first = utf8.IsEmpty ? Empty : utf8)
            database.Check(SqliteCalls.BindText(_handle, parameter, first, utf8.Length, SqliteCalls.Transient));
        return this;
    }

    public SqliteStatement BindText(int parameter, string? text)
    {
        database.Check(text is null ? raw.sqlite3_bind_null(statement, parameter) : raw.sqlite3_bind_text(statement, parameter, text));
        return this;
    }

    /// <summary>Moves to the next row, if there is one; otherwise the statement is done and can be used again.</summary>
    public bool Step()
    {
        int result = SqliteCalls.Step(_handle);
        if (result == raw.SQLITE_ROW)
            return true;

        int reset = SqliteCalls.Reset(_handle);
        return result == raw.SQLITE_DONE && reset == raw.SQLITE_OK ? false : throw database.Failure(result);
    }

    /// <summary>Runs a statement to its end.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Ends a query before its last row.</summary>
    public void Reset() => _ = SqliteCalls.Reset(_handle);

    public long Integer(int column) => SqliteCalls.Integer(_handle, column);

    public ulong Unsigned(int column) => unchecked((ulong)Integer(column));

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    /// <summary>A blob, or a text's UTF-8.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        byte* first = SqliteCalls.Blob(_handle, column); // before the length, because this call may convert the value to bytes
        return new ReadOnlySpan<byte>(first, SqliteCalls.Bytes(_handle, column));
    }

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public UInt128 Id(int column)
    {
        ReadOnlySpan<byte> bytes = Bytes(column);
        return bytes.Length == 16
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new DamagedStorageException(database.File, $"an id of {bytes.Length} bytes");
    }

    public void Dispose()
    {
        statement.Dispose();
        database.Forget(this);
    }
}
