using System.Buffers;
using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>
/// What a user is told: the thing asked for, or a refusal. On the wire an array whose first element is the <see cref="AnswerCode"/>.
/// </summary>
public abstract record Answer
{
    public abstract AnswerCode Code { get; }

    /// <summary>Writes the answer to <paramref name="output"/>.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        Write(ref writer);
        writer.Flush();
    }

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write((byte)Code);
        WriteContent(ref writer);
    }

    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>(256);
        Write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The code alone, for a front end, which passes answers on unread; 0 if these bytes are not an answer.</summary>
    public static AnswerCode CodeOf(in ReadOnlySequence<byte> bytes)
    {
        const byte arrayOfTwo = 0x92, smallIntMax = 0x7F;
        ReadOnlySpan<byte> first = bytes.FirstSpan;
        return first.Length >= 2 && first[0] == arrayOfTwo && first[1] <= smallIntMax ? (AnswerCode)first[1] : 0;
    }

    /// <exception cref="ProtocolViolationException">These bytes are not an answer.</exception>
    public static Answer Read(in ReadOnlySequence<byte> bytes) => Decoding.Read<Answer>(bytes, Read);

    private static Answer Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        AnswerCode code = reader.ReadEnum<AnswerCode>();
        return code switch
        {
            AnswerCode.Details => new DetailsAnswer(CustomerDetails.Read(ref reader)),
            AnswerCode.Order => new OrderAnswer(Order.Read(ref reader)),
            AnswerCode.Products => new ProductsAnswer(reader.ReadList(OrderLimits.ProductsMax, Product.Read)),
            AnswerCode.Cost => CostAnswer.ReadContent(ref reader),
            AnswerCode.Orders => OrdersAnswer.ReadContent(ref reader),
            AnswerCode.Product => new ProductAnswer(Product.Read(ref reader)),
            AnswerCode.ShopOrders => ShopOrdersAnswer.ReadContent(ref reader),
            AnswerCode.ShopReport => ShopReportAnswer.ReadContent(ref reader),
            AnswerCode.OwnerKey => new OwnerKeyAnswer(reader.ReadHash()),
            _ => RefusalAnswer.ReadContent(code, ref reader),
        };
    }

    protected abstract void WriteContent(ref MessagePackWriter writer);
}

/// <summary>The details on file: the answer to USER_DETAILS and VIEW_DETAILS.</summary>
public sealed record DetailsAnswer(CustomerDetails Details) : Answer
{
    public override AnswerCode Code => AnswerCode.Details;

    protected override void WriteContent(ref MessagePackWriter writer) => CustomerDetails.Write(ref writer, Details);
}

/// <summary>The order placed or cancelled, as it is now.</summary>
public sealed record OrderAnswer(Order Order) : Answer
{
    public override AnswerCode Code => AnswerCode.Order;

    protected override void WriteContent(ref MessagePackWriter writer) => Order.Write(ref writer, Order);
}

/// <summary>All products, in the catalogue's order.</summary>
public sealed record ProductsAnswer(IReadOnlyList<Product> Products) : Answer
{
    public override AnswerCode Code => AnswerCode.Products;

    protected override void WriteContent(ref MessagePackWriter writer) => writer.WriteList(Products, Product.Write);
}

/// <summary>What a cart would cost now, without delivery and tip.</summary>
public sealed record CostAnswer(IReadOnlyList<OrderLine> Lines, Pence Total) : Answer
{
    public override AnswerCode Code => AnswerCode.Cost;

    internal static CostAnswer ReadContent(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new CostAnswer(reader.ReadList(OrderLimits.LinesMax, OrderLine.Read), Pence.Read(ref reader, OrderLimits.TotalMax));
    }

    protected override void WriteContent(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.WriteList(Lines, OrderLine.Write);
        writer.Write(Total.Value);
    }
}

/// <summary>A user's orders by rising id. If there are <paramref name="More"/>, ask again with the last id as <c>after</c>.</summary>
public sealed record OrdersAnswer(IReadOnlyList<Order> Orders, bool More) : Answer
{
    public override AnswerCode Code => AnswerCode.Orders;

    internal static OrdersAnswer ReadContent(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        var answer = new OrdersAnswer(reader.ReadList(OrderLimits.OrdersPerAnswer, Order.Read), reader.ReadBoolean());
        return answer is { More: true, Orders.Count: 0 } ? throw new MessagePackSerializationException("more than no orders") : answer;
    }

    protected override void WriteContent(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.WriteList(Orders, Order.Write);
        writer.Write(More);
    }
}
