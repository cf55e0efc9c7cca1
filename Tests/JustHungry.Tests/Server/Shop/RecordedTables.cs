using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;

namespace JustHungry.Tests.Server.Shop;

/// <summary>Tables that only remember what came, in the order in which it came.</summary>
internal sealed class RecordedTables : IShopTables
{
    public List<string> Kinds { get; } = [];

    public List<(Product Product, bool Retired)> Products { get; } = [];

    public List<UserId> Customers { get; } = [];

    public List<(UserId User, Sequence Sequence)> Answered { get; } = [];

    public List<OrderRow> Orders { get; } = [];

    public List<(ulong Number, UserId User)> Refusals { get; } = [];

    public KeyHash? OwnerKey { get; private set; }

    public void SetOwnerKey(KeyHash hash)
    {
        Kinds.Add("owner");
        OwnerKey = hash;
    }

    public void SetProduct(int number, in Product product, bool retired)
    {
        Kinds.Add("product");
        Products.Add((product, retired));
    }

    public void SetStock(int productNumber, int stock) => Kinds.Add("stock");

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
        Kinds.Add("customer");
        Customers.Add(user);
    }

    public void AddAnswered(in AnsweredRequest request)
    {
        Kinds.Add("answered");
        Answered.Add((request.User, request.Sequence));
    }

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request)
    {
        Kinds.Add("refusal");
        Refusals.Add((number, request.User));
    }

    public void AddOrder(in OrderRow order)
    {
        Kinds.Add("order");
        Orders.Add(order);
    }

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status) => Kinds.Add("status");
}
