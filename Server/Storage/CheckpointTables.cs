using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// Applies effects to the checkpoint's tables, inside a transaction that its owner begins and ends; the owner calls <see cref="Flush"/>
/// before the end. Stock and answers, which nearly every order changes, are held in memory until then, so that they are written once for
/// each slice.
/// </summary>
internal sealed class CheckpointTables : IShopTables
{
    private readonly string _file;
    private readonly CheckpointMeta _meta;
    private readonly SqliteStatement _product, _stock, _oldCustomer, _customer, _oldOrder, _order, _status;
    private readonly Dictionary<int, ProductOnDisk> _products = [];
    private readonly SortedDictionary<int, int> _stockToWrite = [];
    private readonly OrderLinesJson _lines = new();
    private readonly AnswersToWrite _answers;
    private readonly RefusalsToWrite _refusals;
    private readonly RowSeal _seal = new();
    private OrderNumber _lastOrder;

    public CheckpointTables(SqliteDatabase database, CheckpointMeta meta)
    {
        (_file, _meta) = (database.File, meta);
        _answers = new AnswersToWrite(database, meta);
        _refusals = new RefusalsToWrite(database, meta);
        _product = database.Prepare("insert or replace into products(number, name, stock, price, retired, seal) values(?1, ?2, ?3, ?4, ?5, ?6)");
        _stock = database.Prepare("update products set stock = ?2, seal = ?3 where number = ?1");
        _oldCustomer = database.Prepare($"select {CheckpointReader.CustomerColumns}, seal from customers where id = ?1");
        _customer = database.Prepare(
            "insert into customers(id, key_hash, first_name, last_name, phone, postcode, address, seal, slot) values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) " +
            "on conflict(id) do update set key_hash = ?2, first_name = ?3, last_name = ?4, phone = ?5, postcode = ?6, address = ?7, seal = ?8");
        _oldOrder = database.Prepare($"select {CheckpointReader.OrderColumns}, seal from orders where number = ?1");
        _order = database.Prepare(
            "insert or replace into orders(number, customer, order_id, status, delivery, tip, total, placed_at, lines, seal) " +
            "values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
        _status = database.Prepare("update orders set status = ?2, seal = ?3 where number = ?1");
        LearnProducts(database);
        _lastOrder = new OrderNumber((ulong)database.Number("select max(number) from orders"));
    }

    private readonly record struct ProductOnDisk(Product Product, bool IsRetired, uint Seal);

    public void SetOwnerKey(KeyHash hash) => _meta.OwnerKey = hash;

    public void SetProduct(int number, in Product product, bool retired)
    {
        uint seal = _seal.Product(number, product, retired);
        _meta.Count(_products.GetValueOrDefault(number).Seal, seal);
        _products[number] = new ProductOnDisk(product, retired, seal);
        _stockToWrite.Remove(number);
        _lines.Name(number, product.Name);
        _product.Bind(1, number).BindText(2, product.Name).Bind(3, product.Stock).Bind(4, product.Price.Value).Bind(5, retired ? 1L : 0L).Bind(6, (long)seal).Run();
    }

    public void SetStock(int productNumber, int stock) => _stockToWrite[productNumber] = stock;

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
        (CustomersTurn turn, uint old) = TurnOf(user);
        uint seal = _seal.Customer(user, key, details, turn);
        _meta.Count(old, seal);
        Span<byte> hash = stackalloc byte[KeyHash.Bytes];
        key.CopyTo(hash);
        _customer.BindId(1, user.Value).Bind(2, hash).BindText(3, details?.FirstName).BindText(4, details?.LastName).BindText(5, details?.Phone)
            .BindText(6, details?.Postcode).BindText(7, details?.Address).Bind(8, (long)seal).Bind(9, turn.Slot).Run();
    }

    public void AddAnswered(in AnsweredRequest request) => _answers.Add(request);

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request) => _refusals.Add(number, key, request);

    public void AddOrder(in OrderRow order)
    {
        ReadOnlySpan<byte> lines = _lines.Write(order.Lines);
        uint seal = _seal.Order(order, lines);
        _meta.Count(order.Number > _lastOrder ? 0 : SealOfOrder(order.Number), seal);
        _lastOrder = OrderNumber.Max(_lastOrder, order.Number);
        _order.Bind(1, order.Number.Value).BindId(2, order.User.Value).Bind(3, order.OrderId).BindText(4, OrderWords.Of(order.Status))
            .BindText(5, OrderWords.Of(order.Delivery)).Bind(6, order.Tip.Value).Bind(7, order.Total.Value).Bind(8, order.PlacedAt)
            .BindText(9, lines).Bind(10, (long)seal).Run();
    }

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status)
    {
        if (!_oldOrder.Bind(1, number.Value).Step())
            throw new DamagedStorageException(_file, $"the table orders has no row number={number}, whose status changes");

        OrderRow order = CheckpointReader.ReadOrder(_file, _oldOrder);
        ReadOnlySpan<byte> lines = _oldOrder.Bytes(8);
        uint old = _seal.Order(order, lines);
        RowSeal.Check(old, _oldOrder, 9, _file, "orders", number); // a new seal must not vouch for old damage
        uint seal = _seal.Order(order with { Status = status }, lines);
        _oldOrder.Reset();
        _meta.Count(old, seal);
        _status.Bind(1, number.Value).BindText(2, OrderWords.Of(status)).Bind(3, (long)seal).Run();
    }

    /// <summary>Writes what is held in memory.</summary>
    public void Flush()
    {
        foreach ((int number, int stock) in _stockToWrite)
            WriteStock(number, stock);
        _stockToWrite.Clear();
        _answers.Flush();
        _refusals.Flush();
    }

    /// <summary>Call after the tables were emptied.</summary>
    public void Forget()
    {
        _products.Clear();
        _stockToWrite.Clear();
        _answers.Clear();
        _refusals.Clear();
        _lines.ForgetNames();
        _lastOrder = OrderNumber.None;
    }

    private void WriteStock(int number, int stock)
    {
        if (!_products.TryGetValue(number, out ProductOnDisk old))
            throw new DamagedStorageException(_file, $"the table products has no row {number}, whose stock changes");

        Product product = old.Product with { Stock = stock };
        uint seal = _seal.Product(number, product, old.IsRetired);
        _meta.Count(old.Seal, seal);
        _products[number] = new ProductOnDisk(product, old.IsRetired, seal);
        _stock.Bind(1, number).Bind(2, stock).Bind(3, (long)seal).Run();
    }

    private (CustomersTurn Turn, uint Seal) TurnOf(UserId user)
    {
        if (!_oldCustomer.BindId(1, user.Value).Step())
            return (CustomersTurn.Beginning, 0);

        (_, KeyHash key, CustomerDetails? details, CustomersTurn turn) = CheckpointReader.ReadCustomer(_file, _oldCustomer);
        uint seal = _seal.Customer(user, key, details, turn);
        RowSeal.Check(seal, _oldCustomer, 9, _file, "customers", user); // a new seal must not vouch for old damage
        _oldCustomer.Reset();
        return (turn, seal);
    }

    private uint SealOfOrder(OrderNumber number)
    {
        if (!_oldOrder.Bind(1, number.Value).Step())
            return 0;

        uint seal = (uint)_oldOrder.Integer(9);
        _oldOrder.Reset();
        return seal;
    }

    private void LearnProducts(SqliteDatabase database)
    {
        using SqliteStatement products = database.Prepare("select number, name, stock, price, retired, seal from products");
        while (products.Step())
        {
            int number = (int)products.Integer(0);
            var product = new Product(products.Text(1), (int)products.Integer(2), new Pence(products.Integer(3)));
            _products[number] = new ProductOnDisk(product, products.Integer(4) != 0, (uint)products.Integer(5));
            _lines.Name(number, product.Name);
        }
    }
}
