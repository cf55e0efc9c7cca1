using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>The tables in memory, with indexes that make the cost of every request independent of the number of orders.</summary>
internal sealed class ShopTables : IShopTables
{
    private readonly UserIndex _users = new();
    private readonly ChunkedList<Customer> _customers = new();

    public int CustomerCount => _customers.Count;

    public KeyHash? OwnerKey { get; private set; }

    public Strangers Strangers { get; } = new();

    public ProductTable Products { get; } = new();

    public OrderBook Orders { get; } = new();

    /// <summary>The numbers of all active orders, for the shop's owner.</summary>
    public OrderIdSet ActiveOrders { get; } = new();

    public Customer? FindCustomer(UserId user) => _users.TryFind(user, out int number) ? _customers[number] : null;

    public Customer CustomerOf(int place) => _customers[Orders.CustomerOf(place)];

    public void SetOwnerKey(KeyHash hash) => OwnerKey = hash;

    public void SetProduct(int number, in Product product, bool retired) => Products.Set(number, product, retired);

    public void SetStock(int productNumber, int stock) => Products.SetStock(productNumber, stock);

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
        if (!_users.TryFind(user, out int number))
        {
            number = _users.Add(user);
            _customers.Add(new Customer(user));
        }

        Customer customer = _customers[number];
        customer.Key = key;
        customer.Details = details;
    }

    public void AddAnswered(in AnsweredRequest request) => _customers[NumberOf(request.User)].Answered.Add(request);

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request) => Strangers.Add(number, key, request);

    public void AddOrder(in OrderRow order)
    {
        int number = NumberOf(order.User);
        Customer customer = _customers[number];
        int place = Orders.Set(order, number);
        Invariant.Check(order.OrderId > 0 && order.OrderId <= customer.Orders.Count + 1, "a user's orders are numbered without gaps");
        if (order.OrderId == customer.Orders.Count + 1)
            customer.Orders.Add(place);
        Invariant.Check(customer.Orders[order.OrderId - 1] == place, "a user's order has one number");
        Index(customer, order.OrderId, place, order.Status);
    }

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status)
    {
        Customer customer = _customers[NumberOf(user)];
        Invariant.Check(orderId > 0 && orderId <= customer.Orders.Count && OrderBook.NumberOf(customer.Orders[orderId - 1]) == number, "an order is its user's");
        int place = customer.Orders[orderId - 1];
        Orders.SetStatus(place, status);
        Index(customer, orderId, place, status);
    }

    /// <summary>A customer's order as it is stored.</summary>
    public bool TryFindOrder(Customer customer, int orderId, out OrderRow order)
    {
        bool isThere = orderId >= 1 && orderId <= customer.Orders.Count;
        order = isThere ? Orders.RowOf(customer.Orders[orderId - 1], customer.User) : default;
        return isThere;
    }

    /// <summary>An order as its user sees it.</summary>
    public Order ToOrder(in OrderRow row)
    {
        var lines = new OrderLine[row.Lines.Length];
        for (int i = 0; i < lines.Length; i++)
            lines[i] = new OrderLine(Products[row.Lines[i].Product].Name, row.Lines[i].Quantity, row.Lines[i].Price);
        return new Order(row.OrderId, row.Status, row.Delivery, row.Tip, row.Total, lines, row.PlacedAt);
    }

    public bool Matches(ShopOpening opening)
    {
        if (OwnerKey != opening.OwnerKey || Products.Count != opening.Products.Count)
            return false;
        for (int i = 0; i < Products.Count; i++)
        {
            ProductRow row = Products[i];
            if (row.Retired || row.Name != opening.Products[i].Name || row.Price != opening.Products[i].Price)
                return false;
        }

        return true;
    }

    /// <summary>
    /// Writes the whole state in an order that does not depend on its history: owner key, products, customers by id, their answers by
    /// sequence, orders, strangers' refusals.
    /// </summary>
    public void WriteTo(IShopTables tables)
    {
        if (OwnerKey is { } key)
            tables.SetOwnerKey(key);
        for (int i = 0; i < Products.Count; i++)
            tables.SetProduct(i, Products[i].ToProduct(), Products[i].Retired);

        Customer[] customers = CustomersById();
        foreach (Customer customer in customers)
            tables.SetCustomer(customer.User, customer.Key, customer.Details);
        foreach (Customer customer in customers)
            customer.Answered.WriteTo(tables, customer.User);
        for (int i = 0; i < Orders.Count; i++)
            tables.AddOrder(Orders.RowOf(i, _customers[Orders.CustomerOf(i)].User));
        Strangers.WriteTo(tables);
    }

    private void Index(Customer customer, int orderId, int place, OrderStatus status)
    {
        if (status == OrderStatus.Active)
        {
            customer.ActiveOrders.Add(orderId);
            ActiveOrders.Add(place + 1);
        }
        else
        {
            customer.ActiveOrders.Remove(orderId);
            ActiveOrders.Remove(place + 1);
        }
    }

    private Customer[] CustomersById()
    {
        var customers = new Customer[_customers.Count];
        for (int i = 0; i < customers.Length; i++)
            customers[i] = _customers[i];
        Array.Sort(customers, static (a, b) => a.User.Value.CompareTo(b.User.Value));
        return customers;
    }

    private int NumberOf(UserId user)
    {
        Invariant.Check(_users.TryFind(user, out int number), "a customer comes before his answers and orders");
        return number;
    }
}
