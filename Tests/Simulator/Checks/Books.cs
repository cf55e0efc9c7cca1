using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Checks;

/// <summary>
/// Invariant 13, checked on a whole state written as effects: stock is never negative; stock plus what was ordered and not cancelled equals
/// what the shop opened with plus what was supplied; an order's total is its lines + delivery + tip; no order was placed before the one before it.
/// </summary>
internal sealed class Books : IShopTables
{
    private readonly SortedDictionary<int, int> _stock = [];
    private readonly SortedDictionary<int, int> _ordered = [];
    private long _placedAt = long.MinValue;
    private string? _fault;

    /// <exception cref="ViolationException">The books are wrong.</exception>
    /// <param name="supplied">How many of each product, by number, the shop's owners have added up to that state.</param>
    public static void Check(IReadOnlyList<ReadOnlyMemory<byte>> state, IReadOnlyDictionary<int, int> supplied)
    {
        var books = new Books();
        foreach (ReadOnlyMemory<byte> chunk in state)
            EffectReader.ApplyTo(books, new ReadOnlySequence<byte>(chunk));
        for (int i = 0; i < books._stock.Count; i++)
        {
            int opened = (i < Catalogue.Sample.Count ? Catalogue.Sample[i].Stock : 0) + supplied.GetValueOrDefault(i);
            if (books._stock[i] < 0 || books._stock[i] + books._ordered.GetValueOrDefault(i) != opened)
                books._fault ??= $"{books._stock[i]} of product {i} left, {books._ordered.GetValueOrDefault(i)} ordered, {opened} at the opening and supplied since";
        }

        if (books._fault is not null)
            throw new ViolationException("13: " + books._fault);
    }

    public void SetProduct(int number, in Product product, bool retired) => _stock[number] = product.Stock;

    public void SetStock(int productNumber, int stock) => _stock[productNumber] = stock;

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request)
    {
    }

    public void AddOrder(in OrderRow order)
    {
        Pence total = order.Delivery.Price() + order.Tip;
        foreach (OrderRowLine line in order.Lines)
        {
            total += line.Price * line.Quantity;
            if (order.Status != OrderStatus.Cancelled)
                _ordered[line.Product] = _ordered.GetValueOrDefault(line.Product) + line.Quantity;
        }

        if (order.PlacedAt < _placedAt)
            _fault ??= $"order {order.Number} was placed at {order.PlacedAt}, the one before it at {_placedAt}";
        _placedAt = order.PlacedAt;
        if (total != order.Total)
            _fault ??= $"order {order.Number} has a total of {order.Total}, its parts make {total}";
    }

    public void SetOwnerKey(KeyHash hash)
    {
    }

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
    }

    public void AddAnswered(in AnsweredRequest request)
    {
    }

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status) =>
        _fault ??= "a whole state changes an order's status";
}
