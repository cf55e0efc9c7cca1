using System.Buffers;
using System.Text.Json;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// Reads all tables, row by row, as the effects that produce them: owner key, products, customers, requests, orders, refusals. A customer's
/// highest sequence is that of the last of its requests. Each row is checked against its seal, and at the end all rows against the sum of
/// seals, so a caller that reads to the end has read exactly what was written. Lives inside one read transaction of its connection.
/// </summary>
internal sealed class CheckpointReader : IDisposable
{
    // u64 is stored as signed 64 bits: the upper half is negative, and must come after the rest.
    private const string BySequence = "order by customer, sequence < 0, sequence";

    private readonly string _file;
    private readonly CheckpointMeta _meta;
    private readonly bool _isSealed;
    private readonly (SqliteStatement Query, Action<SqliteStatement, IShopTables> Apply)[] _tables;
    private readonly RowSeal _seal = new();
    private bool _ownerIsDone;
    private int _current;
    private ulong _sum;

    public CheckpointReader(SqliteDatabase database, CheckpointMeta meta) : this(database, meta, "", isSealed: true)
    {
    }

    private CheckpointReader(SqliteDatabase database, CheckpointMeta meta, string suffix, bool isSealed)
    {
        (_file, _meta, _isSealed) = (database.File, meta, isSealed);
        string seal = isSealed ? "seal" : "0";
        _tables =
        [
            (database.Prepare($"select number, name, stock, price, retired, {seal} from products{suffix} order by number"), ApplyProduct),
            (database.Prepare($"select {CustomerColumns}, {seal} from customers{suffix} order by id"), ApplyCustomer),
            (database.Prepare($"select customer, sequence, request_id, body_hash, answer, slot, {seal} from requests{suffix} {BySequence}"), ApplyRequest),
            (database.Prepare($"select {OrderColumns}, {seal} from orders{suffix} order by number"), ApplyOrder),
        ];
        if (isSealed) // files without seals had no such table
        {
            const string Columns = "number, user, key_hash, sequence, request_id, body_hash, answer, slot, seal";
            _tables = [.. _tables, (database.Prepare($"select {Columns} from refusals order by number"), ApplyRefusal)];
        }
    }

    /// <summary>The columns for <see cref="ReadCustomer"/>; the seal follows them.</summary>
    public static string CustomerColumns => "id, key_hash, first_name, last_name, phone, postcode, address, sequence, slot";

    /// <summary>The columns for <see cref="ReadOrder"/>; the seal follows them.</summary>
    public static string OrderColumns => "number, customer, order_id, status, delivery, tip, total, placed_at, lines";

    /// <summary>Reads a file without seals, whose tables were renamed.</summary>
    public static CheckpointReader OfVersion1(SqliteDatabase database, CheckpointMeta meta, string suffix) => new(database, meta, suffix, isSealed: false);

    /// <summary>Applies the next row's effect; false when there are no more rows and all were as they had been written.</summary>
    /// <exception cref="DamagedStorageException">A row cannot be what this server wrote, or one is missing.</exception>
    public bool ApplyNext(IShopTables to)
    {
        if (!_ownerIsDone)
        {
            _ownerIsDone = true;
            if (_meta.OwnerKey is { } owner)
            {
                to.SetOwnerKey(owner);
                return true;
            }
        }

        for (; _current < _tables.Length; _current++)
        {
            (SqliteStatement query, Action<SqliteStatement, IShopTables> apply) = _tables[_current];
            if (!query.Step())
                continue;

            apply(query, to);
            return true;
        }

        if (_isSealed && _sum != _meta.Rows)
            throw new DamagedStorageException(_file, "a row is missing, or an old one is back: the checksums of all rows do not add up");
        return false;
    }

    public void Dispose()
    {
        foreach ((SqliteStatement query, _) in _tables)
            query.Dispose();
    }

    public static KeyHash ReadHash(string file, SqliteStatement row, int column)
    {
        ReadOnlySpan<byte> bytes = row.Bytes(column);
        return bytes.Length == KeyHash.Bytes ? KeyHash.FromBytes(bytes) : throw new DamagedStorageException(file, $"a key hash of {bytes.Length} bytes");
    }

    public static (UserId User, KeyHash Key, CustomerDetails? Details, CustomersTurn Turn) ReadCustomer(string file, SqliteStatement row)
    {
        CustomerDetails? details = row.IsNull(2) ? null : new CustomerDetails(row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6));
        var turn = new CustomersTurn(row.IsNull(7) ? null : new Sequence(row.Unsigned(7)), (int)row.Integer(8));
        return (new UserId(row.Id(0)), ReadHash(file, row, 1), details, turn);
    }

    /// <summary>Reads all but the lines, which stay in column 8.</summary>
    public static OrderRow ReadOrder(string file, SqliteStatement row)
    {
        var number = new OrderNumber(row.Unsigned(0));
        if (!OrderWords.TryRead(row.Bytes(3), out OrderStatus status))
            throw Damaged(file, number, "status");
        if (!OrderWords.TryRead(row.Bytes(4), out Delivery delivery))
            throw Damaged(file, number, "delivery");

        return new OrderRow(
            number, new UserId(row.Id(1)), (int)row.Integer(2), status, delivery, new Pence(row.Integer(5)), new Pence(row.Integer(6)), row.Integer(7), []);
    }

    private void ApplyProduct(SqliteStatement row, IShopTables to)
    {
        int number = (int)row.Integer(0);
        var product = new Product(row.Text(1), (int)row.Integer(2), new Pence(row.Integer(3)));
        bool retired = row.Integer(4) != 0;
        Check(_seal.Product(number, product, retired), row, 5, "products", number);
        to.SetProduct(number, product, retired);
    }

    private void ApplyCustomer(SqliteStatement row, IShopTables to)
    {
        (UserId user, KeyHash key, CustomerDetails? details, CustomersTurn turn) = ReadCustomer(_file, row);
        Check(_seal.Customer(user, key, details, turn), row, 9, "customers", user);
        to.SetCustomer(user, key, details);
    }

    private void ApplyRequest(SqliteStatement row, IShopTables to)
    {
        byte[] answer = row.Bytes(4).ToArray();
        var request = new AnsweredRequest(
            new UserId(row.Id(0)), new Sequence(row.Unsigned(1)), new RequestId(row.Id(2)), row.Unsigned(3), new ReadOnlySequence<byte>(answer));
        Check(_seal.Request(request, (int)row.Integer(5), answer), row, 6, "requests", request.User);
        to.AddAnswered(request);
    }

    private void ApplyRefusal(SqliteStatement row, IShopTables to)
    {
        byte[] answer = row.Bytes(6).ToArray();
        (ulong number, KeyHash key) = (row.Unsigned(0), ReadHash(_file, row, 2));
        var request = new AnsweredRequest(
            new UserId(row.Id(1)), new Sequence(row.Unsigned(3)), new RequestId(row.Id(4)), row.Unsigned(5), new ReadOnlySequence<byte>(answer));
        Check(_seal.Refusal((int)row.Integer(7), number, key, request, answer), row, 8, "refusals", number);
        to.AddStrangersRefusal(number, key, request);
    }

    private void ApplyOrder(SqliteStatement row, IShopTables to)
    {
        OrderRow order = ReadOrder(_file, row);
        Check(_seal.Order(order, row.Bytes(8)), row, 9, "orders", order.Number);
        order = order with { Lines = ReadLines(order.Number, row.Bytes(8)) };
        if (!_isSealed && !AddsUp(order))
            throw Damaged(_file, order.Number, "total"); // this is the only check of a row without a seal
        to.AddOrder(order);
    }

    private static bool AddsUp(in OrderRow order)
    {
        Int128 sum = (Int128)order.Delivery.Price().Value + order.Tip.Value;
        foreach (OrderRowLine line in order.Lines)
            sum += (Int128)line.Quantity * line.Price.Value;
        return sum == order.Total.Value;
    }

    private void Check<TKey>(uint seal, SqliteStatement row, int column, string table, TKey key)
    {
        if (!_isSealed)
            return;

        RowSeal.Check(seal, row, column, _file, table, key);
        _sum += seal;
    }

    private OrderRowLine[] ReadLines(OrderNumber number, ReadOnlySpan<byte> json)
    {
        try
        {
            return OrderLinesJson.Read(json);
        }
        catch (JsonException)
        {
            throw Damaged(_file, number, "lines");
        }
    }

    private static DamagedStorageException Damaged(string file, OrderNumber number, string column) =>
        new(file, $"row number={number} of the table orders has no valid {column}");
}
