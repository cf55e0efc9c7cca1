using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>Reads what <see cref="EffectWriter"/> wrote.</summary>
internal static class EffectReader
{
    /// <summary>Does every effect in <paramref name="effects"/> to <paramref name="tables"/>.</summary>
    /// <exception cref="ProtocolViolationException">These bytes are not effects: the log or the peer that brought them is broken.</exception>
    public static void ApplyTo(IShopTables tables, in ReadOnlySequence<byte> effects)
    {
        try
        {
            var reader = new MessagePackReader(effects);
            while (!reader.End)
                ApplyOne(tables, ref reader);
        }
        catch (Exception e) when (Wire.IsMalformed(e))
        {
            throw new ProtocolViolationException("malformed effects: " + e.Message, e);
        }
    }

    private static void ApplyOne(IShopTables tables, ref MessagePackReader reader)
    {
        int fields = reader.ReadArrayHeader() - 1;
        Effect effect = reader.ReadEnum<Effect>();
        switch (effect, fields)
        {
            case (Effect.ViewStarted, 1):
                reader.ReadUInt64();
                break;
            case (Effect.OwnerKeySet, 1):
                tables.SetOwnerKey(reader.ReadHash());
                break;
            case (Effect.ProductSet, 3):
                tables.SetProduct(reader.ReadInt32(), Product.Read(ref reader), reader.ReadBoolean());
                break;
            case (Effect.StockSet, 2):
                tables.SetStock(reader.ReadInt32(), reader.ReadInt32());
                break;
            case (Effect.CustomerSet, 3):
                tables.SetCustomer(new UserId(reader.ReadId()), reader.ReadHash(), reader.TryReadNil() ? null : CustomerDetails.Read(ref reader));
                break;
            case (Effect.Answered, 5):
                tables.AddAnswered(new AnsweredRequest(
                    new UserId(reader.ReadId()), reader.ReadUInt64(), new RequestId(reader.ReadId()), reader.ReadUInt64(), reader.ReadBin()));
                break;
            case (Effect.OrderAdded, 9):
                tables.AddOrder(new OrderRow(
                    reader.ReadUInt64(), new UserId(reader.ReadId()), reader.ReadInt32(), reader.ReadEnum<OrderStatus>(), reader.ReadEnum<Delivery>(),
                    new Pence(reader.ReadInt64()), new Pence(reader.ReadInt64()), reader.ReadInt64(), ReadLines(ref reader)));
                break;
            case (Effect.OrderStatusSet, 4):
                tables.SetOrderStatus(reader.ReadUInt64(), new UserId(reader.ReadId()), reader.ReadInt32(), reader.ReadEnum<OrderStatus>());
                break;
            default:
                throw new MessagePackSerializationException($"{effect} with {fields} fields");
        }
    }

    private static OrderRowLine[] ReadLines(ref MessagePackReader reader)
    {
        var lines = new OrderRowLine[reader.ReadCount(OrderLimits.LinesMax * 3) / 3];
        for (int i = 0; i < lines.Length; i++)
            lines[i] = new OrderRowLine(reader.ReadInt32(), reader.ReadInt32(), new Pence(reader.ReadInt64()));
        return lines;
    }
}
