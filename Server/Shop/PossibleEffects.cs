using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>
/// Tables that store nothing and refuse every value that no shop's execution can produce. Effects from a peer must pass them before they
/// are kept. Whether effects fit the current state shows only when they are applied.
/// </summary>
internal sealed class PossibleEffects : IShopTables
{
    public static PossibleEffects Only { get; } = new();

    public void SetOwnerKey(KeyHash hash)
    {
    }

    public void SetProduct(int number, in Product product, bool retired) =>
        Require(number >= 0 && product.Name.Length is > 0 and <= OrderLimits.ProductNameCharsMax && product.Stock >= 0 && IsPrice(product.Price), "a product");

    public void SetStock(int productNumber, int stock) => Require(productNumber >= 0 && stock >= 0, "a stock");

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
    }

    public void AddAnswered(in AnsweredRequest request) => Require(request.Sequence != Sequence.None && !request.Answer.IsEmpty, "an answer");

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request) =>
        Require(number is > 0 and <= long.MaxValue && request.Sequence != Sequence.None && !request.Answer.IsEmpty, "a stranger's refusal");

    public void AddOrder(in OrderRow order)
    {
        bool possible = IsOrder(order.Number, order.OrderId) && order.Tip.Value >= 0 && order.Tip.Value <= OrderLimits.TipMax.Value &&
            order.Total.Value >= 0 && order.Lines.Length > 0;
        foreach (OrderRowLine line in order.Lines)
            possible &= line.Product >= 0 && line.Quantity is > 0 and <= OrderLimits.QuantityMax && IsPrice(line.Price);
        Require(possible, "an order");
    }

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status) =>
        Require(IsOrder(number, orderId), "an order's status");

    private static bool IsOrder(OrderNumber number, int orderId) => number.Value is > 0 and <= int.MaxValue && orderId > 0;

    private static bool IsPrice(Pence price) => price.Value >= 0 && price.Value <= OrderLimits.PriceMax.Value;

    private static void Require(bool isPossible, string what)
    {
        if (!isPossible)
            throw new MessagePackSerializationException($"{what} that no shop makes");
    }
}
