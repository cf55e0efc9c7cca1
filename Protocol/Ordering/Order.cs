using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>Where an order stands.</summary>
public enum OrderStatus : byte
{
    Active = 1,
    Cancelled = 2,
    Delivered = 3,
}

/// <summary>One line of an order: the product, how many, and the price of one when it was ordered.</summary>
public readonly record struct OrderLine(string Product, int Quantity, Pence Price)
{
    public Pence Total => Price * Quantity;

    public static void Write(ref MessagePackWriter writer, OrderLine line)
    {
        writer.WriteArrayHeader(3);
        writer.Write(line.Product);
        writer.Write(line.Quantity);
        writer.Write(line.Price.Value);
    }

    public static OrderLine Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(3);
        var line = new OrderLine(reader.ReadText(OrderLimits.ProductNameCharsMax * 4), reader.ReadInt32(), Pence.Read(ref reader, OrderLimits.PriceMax));
        return line.Quantity is > 0 and <= OrderLimits.QuantityMax ? line : throw new MessagePackSerializationException($"{line.Quantity} of a product");
    }
}

/// <summary>An order as its user sees it.</summary>
/// <param name="OrderId">Counts 1, 2, 3… per user.</param>
/// <param name="Total">Lines + delivery + tip.</param>
/// <param name="PlacedAt">Seconds since 1970-01-01 UTC, by the primary's clock, and never before the order that the shop placed before.</param>
public sealed record Order(int OrderId, OrderStatus Status, Delivery Delivery, Pence Tip, Pence Total, IReadOnlyList<OrderLine> Lines, long PlacedAt)
{
    private const int Fields = 7;

    private const int SecondsADay = 86_400; // room for any time zone

    public static void Write(ref MessagePackWriter writer, Order order)
    {
        ArgumentNullException.ThrowIfNull(order);
        writer.WriteArrayHeader(Fields);
        writer.Write(order.OrderId);
        writer.Write((byte)order.Status);
        writer.Write((byte)order.Delivery);
        writer.Write(order.Tip.Value);
        writer.Write(order.Total.Value);
        writer.WriteList(order.Lines, OrderLine.Write);
        writer.Write(order.PlacedAt);
    }

    public static Order Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(Fields);
        return new Order(
            reader.ReadInt32(), reader.ReadEnum<OrderStatus>(), reader.ReadEnum<Delivery>(), Pence.Read(ref reader, OrderLimits.TipMax),
            Pence.Read(ref reader, OrderLimits.TotalMax), reader.ReadList(OrderLimits.LinesMax, OrderLine.Read), ReadPlacedAt(ref reader));
    }

    private static long ReadPlacedAt(ref MessagePackReader reader)
    {
        long seconds = reader.ReadInt64();
        return seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() - SecondsADay
            ? seconds
            : throw new MessagePackSerializationException("a time that is none");
    }
}
