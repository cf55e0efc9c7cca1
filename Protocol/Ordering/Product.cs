using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>A product that the shop sells: its name (matched exactly), how many are left, and the price of one.</summary>
public readonly record struct Product(string Name, int Stock, Pence Price)
{
    public static void Write(ref MessagePackWriter writer, Product product)
    {
        writer.WriteArrayHeader(3);
        writer.Write(product.Name);
        writer.Write(product.Stock);
        writer.Write(product.Price.Value);
    }

    public static Product Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(3);
        return new Product(reader.ReadText(OrderLimits.ProductNameCharsMax * 4), reader.ReadInt32(), new Pence(reader.ReadInt64()));
    }
}
