using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// The checkpoint's tables as effects change them, inside a transaction that its owner begins and ends: <see cref="Flush"/> comes before
/// the end. Stock and answers, which nearly every order changes, wait in memory until then, and are written once a slice.
/// </summary>
internal sealed class CheckpointTables : IShopTables
{
    private readonly SqliteStatement _ownerKey, _product, _stock, _customer, _order, _status;
    private readonly SortedDictionary<int, int> _stockToWrite = [];
    private readonly OrderLinesJson _lines = new();
    private readonly AnswersToWrite _answers;

    public CheckpointTables(SqliteDatabase database)
    {
        _answers = new AnswersToWrite(database);
        _ownerKey = database.Prepare("update meta set owner_key_hash = ?1");
        _product = database.Prepare("insert or replace into products(number, name, stock, price, retired) values(?1, ?2, ?3, ?4, ?5)");
        _stock = database.Prepare("update products set stock = ?2 where number = ?1");
        _customer = database.Prepare(
            "insert into customers(id, key_hash, first_name, last_name, phone, postcode, address) values(?1, ?2, ?3, ?4, ?5, ?6, ?7) " +
            "on conflict(id) do update set key_hash = ?2, first_name = ?3, last_name = ?4, phone = ?5, postcode = ?6, address = ?7");
        _order = database.Prepare(
            "insert or replace into orders(number, customer, order_id, status, delivery, tip, total, placed_at, lines) " +
            "values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        _status = database.Prepare("update orders set status = ?2 where number = ?1");
        LearnNames(database);
    }

    public void SetOwnerKey(KeyHash hash)
    {
        Span<byte> bytes = stackalloc byte[KeyHash.Bytes];
        hash.CopyTo(bytes);
        _ownerKey.Bind(1, bytes).Run();
    }

    public void SetProduct(int number, in Product product, bool retired)
    {
        _stockToWrite.Remove(number);
        _lines.Name(number, product.Name);
        _product.Bind(1, number).BindText(2, product.Name).Bind(3, product.Stock).Bind(4, product.Price.Value).Bind(5, retired ? 1L : 0L).Run();
    }

    public void SetStock(int productNumber, int stock) => _stockToWrite[productNumber] = stock;

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
        Span<byte> hash = stackalloc byte[KeyHash.Bytes];
        key.CopyTo(hash);
        _customer.BindId(1, user.Value).Bind(2, hash).BindText(3, details?.FirstName).BindText(4, details?.LastName).BindText(5, details?.Phone)
            .BindText(6, details?.Postcode).BindText(7, details?.Address).Run();
    }

    public void AddAnswered(in AnsweredRequest request) => _answers.Add(request);

    public void AddOrder(in OrderRow order) =>
        _order.Bind(1, order.Number).BindId(2, order.User.Value).Bind(3, order.OrderId).BindText(4, OrderWords.Of(order.Status))
            .BindText(5, OrderWords.Of(order.Delivery)).Bind(6, order.Tip.Value).Bind(7, order.Total.Value).Bind(8, order.PlacedAt)
            .BindText(9, _lines.Write(order.Lines)).Run();

    public void SetOrderStatus(ulong orderNumber, UserId user, int orderId, OrderStatus status) =>
        _status.Bind(1, orderNumber).BindText(2, OrderWords.Of(status)).Run();

    /// <summary>Writes what waits in memory.</summary>
    public void Flush()
    {
        foreach ((int product, int stock) in _stockToWrite)
            _stock.Bind(1, product).Bind(2, stock).Run();
        _stockToWrite.Clear();
        _answers.Flush();
    }

    /// <summary>After the tables were emptied.</summary>
    public void Forget()
    {
        _stockToWrite.Clear();
        _answers.Clear();
        _lines.ForgetNames();
    }

    private void LearnNames(SqliteDatabase database)
    {
        using SqliteStatement products = database.Prepare("select number, name from products");
        while (products.Step())
            _lines.Name((int)products.Integer(0), products.Text(1));
    }
}
