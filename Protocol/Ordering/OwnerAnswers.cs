using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>The product as it is now: the answer to ADD_PRODUCT, SET_PRICE, RESTOCK and RETIRE_PRODUCT.</summary>
public sealed record ProductAnswer(Product Product) : Answer
{
    public override AnswerCode Code => AnswerCode.Product;

    protected override void WriteContent(ref MessagePackWriter writer) => Product.Write(ref writer, Product);
}

/// <summary>The hash of the key that is the owner's from now on: the answer to ROTATE_OWNER_KEY.</summary>
public sealed record OwnerKeyAnswer(KeyHash Key) : Answer
{
    public override AnswerCode Code => AnswerCode.OwnerKey;

    protected override void WriteContent(ref MessagePackWriter writer) => writer.WriteHash(Key);
}

/// <summary>An order as the shop's owner sees it: with the customer it is for.</summary>
/// <param name="Customer">Null only for a user whose details were never accepted, who can't have ordered.</param>
public sealed record ShopOrder(OrderNumber Number, UserId User, CustomerDetails? Customer, Order Order)
{
    private const int Fields = 4;

    public static void Write(ref MessagePackWriter writer, ShopOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        writer.WriteArrayHeader(Fields);
        writer.Write(order.Number.Value);
        writer.WriteId(order.User.Value);
        if (order.Customer is { } customer)
            CustomerDetails.Write(ref writer, customer);
        else
            writer.WriteNil();
        Order.Write(ref writer, order.Order);
    }

    public static ShopOrder Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(Fields);
        return new ShopOrder(
            new OrderNumber(reader.ReadUInt64()), new UserId(reader.ReadId()), reader.TryReadNil() ? null : CustomerDetails.Read(ref reader), Order.Read(ref reader));
    }
}

/// <summary>
/// Orders of the whole shop by rising number. If there are <paramref name="More"/>, ask again with the last number as <c>after</c>.
/// </summary>
public sealed record ShopOrdersAnswer(IReadOnlyList<ShopOrder> Orders, bool More) : Answer
{
    public override AnswerCode Code => AnswerCode.ShopOrders;

    internal static ShopOrdersAnswer ReadContent(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        var answer = new ShopOrdersAnswer(reader.ReadList(OrderLimits.OrdersPerAnswer, ShopOrder.Read), reader.ReadBoolean());
        return answer is { More: true, Orders.Count: 0 } ? throw new MessagePackSerializationException("more than no orders") : answer;
    }

    protected override void WriteContent(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.WriteList(Orders, ShopOrder.Write);
        writer.Write(More);
    }
}

/// <summary>
/// What some of the shop's orders add up to. Takings, tips and deliveries leave out cancelled orders. For the whole report, ask again
/// with <paramref name="Last"/> as <c>after</c> while there is <paramref name="More"/>, and add up the answers.
/// </summary>
/// <param name="Last">The number of the last order that was counted or passed over.</param>
/// <param name="Products">Each product that was sold in these orders; the same name may come more than once.</param>
public sealed record ShopReportAnswer(
    OrderNumber Last, bool More, int Active, int Delivered, int Cancelled, Pence Takings, Pence Tips, Pence Deliveries, IReadOnlyList<ProductSales> Products) : Answer
{
    private const int Fields = 9;

    public override AnswerCode Code => AnswerCode.ShopReport;

    internal static ShopReportAnswer ReadContent(ref MessagePackReader reader)
    {
        reader.ExpectArray(Fields);
        return new ShopReportAnswer(
            new OrderNumber(reader.ReadUInt64()), reader.ReadBoolean(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), Pence.Read(ref reader, OrderLimits.TotalMax),
            Pence.Read(ref reader, OrderLimits.TotalMax), Pence.Read(ref reader, OrderLimits.TotalMax), reader.ReadList(FrameLimits.DaemonBytesMax, ProductSales.Read));
    }

    protected override void WriteContent(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(Last.Value);
        writer.Write(More);
        writer.Write(Active);
        writer.Write(Delivered);
        writer.Write(Cancelled);
        writer.Write(Takings.Value);
        writer.Write(Tips.Value);
        writer.Write(Deliveries.Value);
        writer.WriteList(Products, ProductSales.Write);
    }
}

/// <summary>How many of a product were sold, and for how much.</summary>
public readonly record struct ProductSales(string Product, long Quantity, Pence Takings)
{
    public static void Write(ref MessagePackWriter writer, ProductSales sales)
    {
        writer.WriteArrayHeader(3);
        writer.Write(sales.Product);
        writer.Write(sales.Quantity);
        writer.Write(sales.Takings.Value);
    }

    public static ProductSales Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(3);
        var sales = new ProductSales(OwnerBodies.ReadName(ref reader), reader.ReadInt64(), Pence.Read(ref reader, OrderLimits.TotalMax));
        return sales.Quantity is >= 0 and <= uint.MaxValue ? sales : throw new MessagePackSerializationException($"{sales.Quantity} of a product sold");
    }
}
