using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// The tables of <c>orders.db</c>. They may be read (<c>sqlite3 orders.db</c>) while the server runs; money is in pence. Orders are keyed
/// by the group's rising number, so that new ones go to the end of the file; there is no other index, because each would cost more than the
/// order itself. Numbers that are u64 on the wire are stored as the same 64 bits, signed. A row's <c>seal</c> is its checksum
/// (<see cref="RowSeal"/>), so a server does not start after a row was changed by hand.
/// </summary>
internal static class CheckpointSchema
{
    /// <summary>Version 2 added seals; version 3 added strangers' refusals.</summary>
    private const int Version = 3;

    private const string OldSuffix = "_1";
    private const int RowsPerFlush = 10_000; // their answers are held in memory

    private static readonly string[] Tables =
    [
        """
        table meta(
            one integer primary key check (one = 1),
            position_index integer not null,
            position_epoch integer not null,
            owner_key_hash blob,
            boot blob,
            row_seals integer not null,
            seal integer not null)
        """,
        """
        table products(
            number integer primary key,
            name text not null,
            stock integer not null,
            price integer not null,
            retired integer not null,
            seal integer not null)
        """,
        """
        table customers(
            id blob primary key,
            key_hash blob not null,
            first_name text,
            last_name text,
            phone text,
            postcode text,
            address text,
            sequence integer,
            slot integer not null,
            seal integer not null) without rowid
        """,
        """
        table requests(
            customer blob not null,
            slot integer not null,
            sequence integer not null,
            request_id blob not null,
            body_hash integer not null,
            answer blob not null,
            seal integer not null,
            primary key (customer, slot)) without rowid
        """,
        """
        table orders(
            number integer primary key,
            customer blob not null,
            order_id integer not null,
            status text not null,
            delivery text not null,
            tip integer not null,
            total integer not null,
            placed_at integer not null,
            lines text not null,
            seal integer not null)
        """,
        """
        view order_lines as
            select orders.number, orders.customer, orders.order_id, line.key + 1 as line,
                line.value ->> 'product' as product, line.value ->> 'quantity' as quantity, line.value ->> 'price' as price
            from orders, json_each(orders.lines) as line
        """,
        """
        table refusals(
            slot integer primary key,
            number integer not null,
            user blob not null,
            key_hash blob not null,
            sequence integer not null,
            request_id blob not null,
            body_hash integer not null,
            answer blob not null,
            seal integer not null)
        """,
    ];

    /// <summary>
    /// Creates the tables in a new file, seals the rows of a file without seals, and adds to an older file the tables it lacks.
    /// </summary>
    /// <exception cref="StorageException">A newer server made them, or they are damaged.</exception>
    public static void Ensure(SqliteDatabase database)
    {
        long version = database.Number("pragma user_version");
        if (version > Version)
            throw new StorageException($"{database.File} was written by a newer server (schema {version}, this one knows {Version}): run that one.");
        if (version == 0)
            database.InTransaction(() => Create(database));
        else if (version == 1)
            database.InTransaction(() => SealVersion1(database));
        else if (version == 2)
            database.Execute($"begin; create {Tables[^1]}; pragma user_version = {Version}; commit");
        CheckSchema(database);
    }

    private static void Create(SqliteDatabase database)
    {
        foreach (string part in Tables)
            database.Execute("create " + part);
        database.Execute($"insert into meta values(1, 0, 0, null, null, 0, {new RowSeal().Meta(EntryPosition.Start, null, 0)}); pragma user_version = {Version}");
    }

    /// <summary>Rewrites every row, like a state transfer from the file to itself.</summary>
    private static void SealVersion1(SqliteDatabase database)
    {
        database.Execute("drop view order_lines");
        string[] names = ["meta", "products", "customers", "requests", "orders"];
        foreach (string name in names)
            database.Execute($"alter table {name} rename to {name}{OldSuffix}");
        CheckpointMeta old = CheckpointMeta.ReadVersion1(database, "meta" + OldSuffix);
        Create(database);

        CheckpointMeta meta = CheckpointMeta.Read(database);
        var tables = new CheckpointTables(database, meta);
        using (var rows = CheckpointReader.OfVersion1(database, old, OldSuffix))
        {
            for (int i = 1; rows.ApplyNext(tables); i++)
            {
                if (i % RowsPerFlush == 0)
                    tables.Flush();
            }
        }

        tables.Flush();
        using SqliteStatement write = CheckpointMeta.PrepareWrite(database);
        meta.Write(write, old.Position);
        foreach (string name in names)
            database.Execute($"drop table {name}{OldSuffix}");
    }

    /// <summary>A flipped bit in a column's type would change what is written from now on.</summary>
    private static void CheckSchema(SqliteDatabase database)
    {
        using SqliteStatement query = database.Prepare("select sql from sqlite_schema where sql is not null order by rowid");
        foreach (string part in Tables)
        {
            if (!query.Step() || !query.Text(0).Equals("create " + part, StringComparison.OrdinalIgnoreCase))
                throw new DamagedStorageException(database.File, $"its schema is not what this server made: {part[..part.IndexOf('\n', StringComparison.Ordinal)]}");
        }
    }
}
