using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>
/// The bodies of the owner's requests: first the owner's key, then the content of that kind. So the key can be split off without reading
/// the content. The shop compares the key and keeps nothing derived from it.
/// </summary>
public static class OwnerBodies
{
    public static byte[] Write<T>(OwnerKey key, T content, WriteElement<T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new MessagePackWriter(output);
        writer.WriteOwnerKey(key);
        write(ref writer, content);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>False if the body does not begin with a key.</summary>
    public static bool TrySplit(in ReadOnlySequence<byte> body, out OwnerKey key, out ReadOnlySequence<byte> content)
    {
        try
        {
            var reader = new MessagePackReader(body);
            key = Decoding.ReadNext(ref reader, 0, static (ref reader, _) => reader.ReadOwnerKey());
            content = body.Slice(reader.Position);
            return true;
        }
        catch (ProtocolViolationException)
        {
            (key, content) = (default, default);
            return false;
        }
    }

    /// <summary>The content of RETIRE_PRODUCT: the product's name.</summary>
    public static void WriteName(ref MessagePackWriter writer, string name) => writer.Write(name);

    /// <summary>The content of ROTATE_OWNER_KEY: the hash of the next key, since the shop must not know the key itself.</summary>
    public static void WriteHash(ref MessagePackWriter writer, KeyHash next) => writer.WriteHash(next);

    /// <exception cref="ProtocolViolationException">These bytes are no hash.</exception>
    public static KeyHash ReadHash(in ReadOnlySequence<byte> content) => Decoding.Read(content, static (ref reader) => reader.ReadHash());

    public static string ReadName(ref MessagePackReader reader) => reader.ReadText(OrderLimits.ProductNameCharsMax * 4);
}

/// <summary>The content of SET_PRICE. (That of ADD_PRODUCT is a Product, that of RESTOCK a CartLine.)</summary>
public readonly record struct NewPrice(string Product, Pence Price)
{
    public static void Write(ref MessagePackWriter writer, NewPrice price)
    {
        writer.WriteArrayHeader(2);
        writer.Write(price.Product);
        writer.Write(price.Price.Value);
    }

    public static NewPrice Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new NewPrice(OwnerBodies.ReadName(ref reader), new Pence(reader.ReadInt64()));
    }
}

/// <summary>The content of COMPLETE_ORDER and of CANCEL_FOR_USER: whose order, and which.</summary>
public readonly record struct OrderOfUser(UserId User, int OrderId)
{
    public static void Write(ref MessagePackWriter writer, OrderOfUser order)
    {
        writer.WriteArrayHeader(2);
        writer.WriteId(order.User.Value);
        writer.Write(order.OrderId);
    }

    public static OrderOfUser Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new OrderOfUser(new UserId(reader.ReadId()), reader.ReadInt32());
    }
}

/// <summary>The content of SHOP_ORDERS, which asks for orders with a higher number.</summary>
public readonly record struct ShopOrdersQuery(OrderNumber After, bool ActiveOnly)
{
    public static void Write(ref MessagePackWriter writer, ShopOrdersQuery query)
    {
        writer.WriteArrayHeader(2);
        writer.Write(query.After.Value);
        writer.Write(query.ActiveOnly);
    }

    public static ShopOrdersQuery Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new ShopOrdersQuery(new OrderNumber(reader.ReadUInt64()), reader.ReadBoolean());
    }
}

/// <summary>
/// The content of SHOP_REPORT, which looks at the next orders with a higher number and counts those placed at or after a time.
/// </summary>
/// <param name="Since">Seconds since 1970-01-01 UTC.</param>
public readonly record struct ShopReportQuery(OrderNumber After, long Since)
{
    public static void Write(ref MessagePackWriter writer, ShopReportQuery query)
    {
        writer.WriteArrayHeader(2);
        writer.Write(query.After.Value);
        writer.Write(query.Since);
    }

    public static ShopReportQuery Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new ShopReportQuery(new OrderNumber(reader.ReadUInt64()), reader.ReadInt64());
    }
}
