using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// What <c>orders.db</c> says about itself, in the one row of its table <c>meta</c>: where the tables stand, the shop's owner, and the sum
/// of all rows' seals, which detects a row that is missing, or an old one that was never overwritten. Changed in memory, and written once
/// in each commit.
/// </summary>
internal sealed class CheckpointMeta
{
    private readonly RowSeal _seal = new();

    private CheckpointMeta(EntryPosition position, KeyHash? owner, ulong rows) => (Position, OwnerKey, Rows) = (position, owner, rows);

    /// <summary>The last entry that the tables hold.</summary>
    public EntryPosition Position { get; private set; }

    public KeyHash? OwnerKey { get; set; }

    /// <summary>The sum of the seals of all rows, in 64 bits.</summary>
    public ulong Rows { get; private set; }

    /// <exception cref="DamagedStorageException">The row is missing, or is not as it was written.</exception>
    public static CheckpointMeta Read(SqliteDatabase database)
    {
        using SqliteStatement query = database.Prepare("select position_index, position_epoch, owner_key_hash, row_seals, seal from meta");
        CheckpointMeta meta = Read(database, query, query => query.Unsigned(3));
        RowSeal.Check(meta._seal.Meta(meta.Position, meta.OwnerKey, meta.Rows), query, 4, database.File, "meta", 1);
        return meta;
    }

    /// <summary>Reads the table of a file without seals; the sum of seals starts at 0.</summary>
    public static CheckpointMeta ReadVersion1(SqliteDatabase database, string table)
    {
        using SqliteStatement query = database.Prepare($"select position_index, position_epoch, owner_key_hash from {table}");
        return Read(database, query, _ => 0);
    }

    public void Count(uint seal) => Rows += seal;

    /// <param name="old">0 if the row did not exist.</param>
    public void Count(uint old, uint seal) => Rows += (ulong)seal - old;

    /// <summary>The tables are empty.</summary>
    public void Clear() => (OwnerKey, Rows) = (null, 0);

    public void Write(SqliteStatement update, EntryPosition at)
    {
        Position = at;
        update.Bind(1, at.Index.Value).Bind(2, at.Epoch.Value).Bind(4, Rows).Bind(5, (long)_seal.Meta(at, OwnerKey, Rows));
        if (OwnerKey is { } owner)
        {
            Span<byte> bytes = stackalloc byte[KeyHash.Bytes];
            owner.CopyTo(bytes);
            update.Bind(3, bytes).Run();
        }
        else
        {
            update.BindText(3, (string?)null).Run();
        }
    }

    public static SqliteStatement PrepareWrite(SqliteDatabase database) =>
        database.Prepare("update meta set position_index = ?1, position_epoch = ?2, owner_key_hash = ?3, row_seals = ?4, seal = ?5");

    private static CheckpointMeta Read(SqliteDatabase database, SqliteStatement query, Func<SqliteStatement, ulong> rows)
    {
        if (!query.Step())
            throw new DamagedStorageException(database.File, "the table meta has no row");

        var position = new EntryPosition(new EntryIndex(query.Unsigned(0)), new Epoch(query.Unsigned(1)));
        KeyHash? owner = query.IsNull(2) ? null : CheckpointReader.ReadHash(database.File, query, 2);
        return new CheckpointMeta(position, owner, rows(query));
    }
}
