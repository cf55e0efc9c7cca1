using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>PLACE_ORDER: places all lines of an order or none.</summary>
internal readonly record struct PlaceOrder(OrderDraft Draft) : IUpdate<PlaceOrder>
{
    public static PlaceOrder Read(ref MessagePackReader reader) => new(OrderDraft.Read(ref reader));

    public RefusalAnswer? FirstFault() => Cart.FirstFault(Draft);

    public Answer Decide(in UpdateContext context)
    {
        (ShopTables tables, Customer? customer) = (context.Tables, context.Asker.Customer);
        if (customer is not { HasDetails: true })
            return new RefusalAnswer(AnswerCode.UnknownUser);
        if (Cart.Price(Draft.Lines, tables.Products, out OrderRowLine[] lines, out Pence ofLines) is { } refusal)
            return refusal;
        if (FirstShort(lines, tables.Products) is { } low)
            return low;

        Pence total = ofLines + Draft.Delivery.Price() + Draft.Tip;
        if (Draft.ConfirmedTotal is { } confirmed && confirmed != total)
            return new RefusalAnswer(AnswerCode.PriceChanged, Total: total);

        var row = new OrderRow(
            tables.Orders.NextNumber, customer.User, customer.Orders.Count + 1, OrderStatus.Active, Draft.Delivery, Draft.Tip, total, PlacedAt(context), lines);
        foreach (OrderRowLine line in lines)
            context.Effects.SetStock(line.Product, tables.Products[line.Product].Stock - line.Quantity);
        context.Effects.AddOrder(row);
        return new OrderAnswer(tables.ToOrder(row));
    }

    /// <summary>
    /// By the clock, but never before the last order: another primary may have placed that by a clock that was ahead, and whoever reads
    /// orders by their numbers expects their times to rise.
    /// </summary>
    private static long PlacedAt(in UpdateContext context)
    {
        OrderBook orders = context.Tables.Orders;
        return orders.Count == 0 ? context.UtcSeconds : Math.Max(context.UtcSeconds, orders.PlacedAtOf(orders.Count - 1));
    }

    private static RefusalAnswer? FirstShort(OrderRowLine[] lines, ProductTable products)
    {
        foreach (OrderRowLine line in lines)
        {
            ProductRow product = products[line.Product];
            if (product.Stock < line.Quantity)
                return new RefusalAnswer(AnswerCode.LowStock, Product: product.Name, Left: product.Stock);
        }

        return null;
    }
}
