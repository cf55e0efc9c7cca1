using System.Buffers;
using System.Text.Json;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// Reads all tables, row by row, as the effects that make them: owner key, products, customers, requests, orders. A customer's highest
/// sequence comes back with the last of its requests. Lives inside one read transaction of its connection.
/// </summary>
internal sealed class CheckpointReader : IDisposable
{
    // u64 as signed 64 bits: the upper half is negative, and comes after the rest.
    private const string BySequence = "order by customer, sequence < 0, sequence";

    private readonly string _file;
    private readonly (SqliteStatement Query, Action<IShopTables> Apply)[] _tables;
    private int _current;

    public CheckpointReader(SqliteDatabase database)
    {
        _file = database.File;
        SqliteStatement meta = database.Prepare("select owner_key_hash from meta where owner_key_hash is not null");
        SqliteStatement products = database.Prepare("select number, name, stock, price, retired from products order by number");
        SqliteStatement customers = database.Prepare(
            "select id, key_hash, first_name, last_name, phone, postcode, address from customers order by id");
        SqliteStatement requests = database.Prepare($"select customer, sequence, request_id, body_hash, answer from requests {BySequence}");
        SqliteStatement orders = database.Prepare(
            "select number, customer, order_id, status, delivery, tip, total, placed_at, lines from orders order by number");
        _tables =
        [
            (meta, to => to.SetOwnerKey(Hash(meta, 0))),
            (products, to => ApplyProduct(products, to)),
            (customers, to => ApplyCustomer(customers, to)),
            (requests, to => ApplyRequest(requests, to)),
            (orders, to => ApplyOrder(orders, to)),
        ];
    }

    /// <summary>Does the next row's effect; false when there are no more.</summary>
    /// <exception cref="DamagedStorageException">A row cannot be what this server wrote.</exception>
    public bool ApplyNext(IShopTables to)
    {
        for (; _current < _tables.Length; _current++)
        {
            (SqliteStatement query, Action<IShopTables> apply) = _tables[_current];
            if (!query.Step())
                continue;

            apply(to);
            return true;
        }

        return false;
    }

    public void Dispose()
    {
        foreach ((SqliteStatement query, _) in _tables)
            query.Dispose();
    }

    private static void ApplyProduct(SqliteStatement row, IShopTables to) =>
        to.SetProduct((int)row.Integer(0), new Product(row.Text(1), (int)row.Integer(2), new Pence(row.Integer(3))), row.Integer(4) != 0);

    private void ApplyCustomer(SqliteStatement row, IShopTables to)
    {
        CustomerDetails? details = row.IsNull(2) ? null : new CustomerDetails(row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6));
        to.SetCustomer(new UserId(row.Id(0)), Hash(row, 1), details);
    }

    private static void ApplyRequest(SqliteStatement row, IShopTables to) =>
        to.AddAnswered(new AnsweredRequest(
            new UserId(row.Id(0)), row.Unsigned(1), new RequestId(row.Id(2)), row.Unsigned(3), new ReadOnlySequence<byte>(row.Bytes(4).ToArray())));

    private void ApplyOrder(SqliteStatement row, IShopTables to)
    {
        ulong number = row.Unsigned(0);
        if (!OrderWords.TryRead(row.Bytes(3), out OrderStatus status))
            throw Damaged(number, "status");
        if (!OrderWords.TryRead(row.Bytes(4), out Delivery delivery))
            throw Damaged(number, "delivery");

        to.AddOrder(new OrderRow(
            number, new UserId(row.Id(1)), (int)row.Integer(2), status, delivery, new Pence(row.Integer(5)), new Pence(row.Integer(6)), row.Integer(7),
            ReadLines(number, row.Bytes(8))));
    }

    private OrderRowLine[] ReadLines(ulong number, ReadOnlySpan<byte> json)
    {
        try
        {
            return OrderLinesJson.Read(json);
        }
        catch (JsonException)
        {
            throw Damaged(number, "lines");
        }
    }

    private KeyHash Hash(SqliteStatement row, int column)
    {
        ReadOnlySpan<byte> bytes = row.Bytes(column);
        return bytes.Length == KeyHash.Bytes ? KeyHash.FromBytes(bytes) : throw new DamagedStorageException(_file, $"a key hash of {bytes.Length} bytes");
    }

    private DamagedStorageException Damaged(ulong number, string column) =>
        new(_file, $"row number={number} of the table orders has no valid {column}");
}
