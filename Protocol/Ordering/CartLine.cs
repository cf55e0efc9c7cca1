using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>What a user asks for: a product, and how many of it.</summary>
public readonly record struct CartLine(string Product, int Quantity)
{
    public static void Write(ref MessagePackWriter writer, CartLine line)
    {
        writer.WriteArrayHeader(2);
        writer.Write(line.Product);
        writer.Write(line.Quantity);
    }

    public static CartLine Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new CartLine(reader.ReadText(OrderLimits.ProductNameCharsMax * 4), reader.ReadInt32());
    }
}
