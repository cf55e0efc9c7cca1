using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// The tables of <c>orders.db</c>. Anybody may read them (<c>sqlite3 orders.db</c>) while the server runs; money is in pence. Orders are
/// keyed by the group's rising number, so that new ones go to the file's end; there is no other index, because each costs more
/// than the order itself. Numbers that are u64 on the wire stand as the same 64 bits, signed.
/// </summary>
internal static class CheckpointSchema
{
    private const int Version = 1;

    private const string Tables =
        """
        create table meta(
            one integer primary key check (one = 1),
            position_index integer not null,
            position_epoch integer not null,
            owner_key_hash blob,
            boot blob);
        insert into meta values(1, 0, 0, null, null);

        create table products(
            number integer primary key,
            name text not null,
            stock integer not null,
            price integer not null,
            retired integer not null);

        create table customers(
            id blob primary key,
            key_hash blob not null,
            first_name text,
            last_name text,
            phone text,
            postcode text,
            address text,
            sequence integer,
            slot integer not null default 15) without rowid;

        create table requests(
            customer blob not null,
            slot integer not null,
            sequence integer not null,
            request_id blob not null,
            body_hash integer not null,
            answer blob not null,
            primary key (customer, slot)) without rowid;

        create table orders(
            number integer primary key,
            customer blob not null,
            order_id integer not null,
            status text not null,
            delivery text not null,
            tip integer not null,
            total integer not null,
            placed_at integer not null,
            lines text not null);

        create view order_lines as
            select orders.number, orders.customer, orders.order_id, line.key + 1 as line,
                line.value ->> 'product' as product, line.value ->> 'quantity' as quantity, line.value ->> 'price' as price
            from orders, json_each(orders.lines) as line;
        """;

    /// <summary>Makes the tables in a new file.</summary>
    /// <exception cref="StorageException">A newer server made them.</exception>
    public static void Ensure(SqliteDatabase database)
    {
        long version = database.Number("pragma user_version");
        if (version > Version)
            throw new StorageException($"{database.File} was written by a newer server (schema {version}, this one knows {Version}): run that one.");
        if (version < Version)
            database.InTransaction(() => database.Execute($"{Tables} pragma user_version = {Version}"));
    }
}
