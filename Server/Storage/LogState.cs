using System.Buffers.Binary;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>What <c>log.db</c> says of itself, in the one row of its table <c>state</c>, sealed as the batches are.</summary>
/// <param name="Disk">The disk id that this log belongs to; null: it was made just now.</param>
/// <param name="View">The adopted view, encoded; empty: none.</param>
/// <param name="IsInstalling">A state transfer began and did not end: neither this log nor the tables hold anything that counts.</param>
/// <param name="Cuts">Rises whenever the log's end goes back on purpose. From 1 on, the file of <see cref="AckMark"/> is there.</param>
internal sealed record LogState(DiskId? Disk, ReadOnlyMemory<byte> View, EntryPosition Base, bool IsInstalling, ulong Cuts)
{
    private const int DiskBytes = 16;

    public static string Columns => "disk, view, base_index, base_epoch, installing";

    /// <param name="isSealed">A log of the version before has no cuts and no seal.</param>
    /// <exception cref="DamagedStorageException">The row is missing, or not as it was written.</exception>
    public static LogState Read(SqliteDatabase database, bool isSealed)
    {
        using SqliteStatement query = database.Prepare($"select {Columns}{(isSealed ? ", cuts, seal" : "")} from state");
        if (!query.Step())
            throw new DamagedStorageException(database.File, "the table state has no row");

        var state = new LogState(
            query.IsNull(0) ? null : new DiskId(query.Id(0)), query.Bytes(1).ToArray(), new EntryPosition(new EntryIndex(query.Unsigned(2)), new Epoch(query.Unsigned(3))),
            query.Integer(4) != 0, isSealed ? query.Unsigned(5) : 0);
        return !isSealed || query.Integer(6) == state.Seal()
            ? state
            : throw new DamagedStorageException(database.File, "the row of the table state does not match its checksum");
    }

    public static SqliteStatement PrepareWrite(SqliteDatabase database) => database.Prepare(
        "update state set disk = ?1, view = ?2, base_index = ?3, base_epoch = ?4, installing = ?5, cuts = ?6, seal = ?7");

    public void Write(SqliteStatement update)
    {
        update.Bind(3, Base.Index.Value).Bind(4, Base.Epoch.Value).Bind(5, IsInstalling ? 1L : 0L).Bind(6, Cuts).Bind(7, (long)Seal());
        if (Disk is { } disk)
            update.BindId(1, disk.Value);
        else
            update.BindText(1, (string?)null);
        if (View.IsEmpty)
            update.BindText(2, (string?)null).Run();
        else
            update.Bind(2, View.Span).Run();
    }

    private uint Seal()
    {
        byte[] columns = new byte[1 + DiskBytes + 8 + 8 + 1 + 8 + View.Length];
        Span<byte> rest = columns;
        rest[0] = Disk is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt128LittleEndian(rest[1..], (Disk ?? DiskId.None).Value);
        rest = rest[(1 + DiskBytes)..];
        BinaryPrimitives.WriteUInt64LittleEndian(rest, Base.Index.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], Base.Epoch.Value);
        rest[16] = IsInstalling ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt64LittleEndian(rest[17..], Cuts);
        View.Span.CopyTo(rest[25..]);
        return Crc32C.Of(columns);
    }
}
