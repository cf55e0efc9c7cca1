using System.Runtime.InteropServices;

namespace JustHungry.Server.Storage.Sqlite;

/// <summary>
/// The calls made for every order, which go directly to the library that SQLitePCL has loaded. Through its SafeHandles each call would cost
/// two interlocked operations and a check, more than SQLite itself takes to bind a number (a tenth of a checkpoint's time). The caller
/// keeps the statement alive: <see cref="SqliteStatement"/> owns it, and is used by one thread at a time.
/// </summary>
/// <remarks>Calls that only touch memory, for well under a microsecond, suppress the GC transition.</remarks>
internal static unsafe partial class SqliteCalls
{
    /// <summary>SQLite copies what is bound before the call returns.</summary>
    public const nint Transient = -1;

    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    public static partial int BindInteger(nint statement, int parameter, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    public static partial int BindBlob(nint statement, int parameter, byte* value, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static partial int BindText(nint statement, int parameter, byte* utf8, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    public static partial long Integer(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition]
    public static partial byte* Blob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition]
    public static partial int Bytes(nint statement, int column);
}
