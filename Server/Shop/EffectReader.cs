using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>
/// Reads what <see cref="EffectWriter"/> wrote. Effects from a peer must pass <see cref="Check"/> before they are kept or acknowledged;
/// effects may be applied only after that, or if they were made here.
/// </summary>
internal static class EffectReader
{
    /// <summary>Checks that these bytes are effects, with values that a shop's execution can produce.</summary>
    /// <exception cref="ProtocolViolationException">They are not: the peer that sent them is faulty.</exception>
    public static void Check(in ReadOnlySequence<byte> effects)
    {
        Decoding.Read(effects, static (ref reader) =>
        {
            ReadAll(PossibleEffects.Only, ref reader);
            return true;
        });
    }

    /// <summary>
    /// Applies every effect in <paramref name="effects"/>, which were checked or made here, to <paramref name="tables"/>.
    /// </summary>
    public static void ApplyTo(IShopTables tables, in ReadOnlySequence<byte> effects)
    {
        var reader = new MessagePackReader(effects);
        ReadAll(tables, ref reader);
    }

    private static void ReadAll(IShopTables tables, ref MessagePackReader reader)
    {
        while (!reader.End)
            ApplyOne(tables, ref reader);
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
                tables.AddAnswered(ReadAnswered(ref reader));
                break;
            case (Effect.StrangerRefused, 7):
                tables.AddStrangersRefusal(reader.ReadUInt64(), reader.ReadHash(), ReadAnswered(ref reader));
                break;
            case (Effect.OrderAdded, 9):
                tables.AddOrder(new OrderRow(
                    new OrderNumber(reader.ReadUInt64()), new UserId(reader.ReadId()), reader.ReadInt32(), reader.ReadEnum<OrderStatus>(), reader.ReadEnum<Delivery>(),
                    new Pence(reader.ReadInt64()), new Pence(reader.ReadInt64()), reader.ReadInt64(), ReadLines(ref reader)));
                break;
            case (Effect.OrderStatusSet, 4):
                tables.SetOrderStatus(new OrderNumber(reader.ReadUInt64()), new UserId(reader.ReadId()), reader.ReadInt32(), reader.ReadEnum<OrderStatus>());
                break;
            default:
                throw new MessagePackSerializationException($"{effect} with {fields} fields");
        }
    }

    private static AnsweredRequest ReadAnswered(ref MessagePackReader reader) =>
        new(new UserId(reader.ReadId()), new Sequence(reader.ReadUInt64()), new RequestId(reader.ReadId()), reader.ReadUInt64(), reader.ReadBin());

    private static OrderRowLine[] ReadLines(ref MessagePackReader reader)
    {
        var lines = new OrderRowLine[reader.ReadCount(OrderLimits.LinesMax * 3) / 3];
        for (int i = 0; i < lines.Length; i++)
            lines[i] = new OrderRowLine(reader.ReadInt32(), reader.ReadInt32(), new Pence(reader.ReadInt64()));
        return lines;
    }
}
