using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>The body of PLACE_ORDER.</summary>
/// <param name="ConfirmedTotal">What the user agreed to pay (lines + delivery + tip); null means whatever it costs.</param>
public sealed record OrderDraft(IReadOnlyList<CartLine> Lines, Delivery Delivery, Pence Tip, Pence? ConfirmedTotal)
{
    private const int Fields = 4;

    public static void Write(ref MessagePackWriter writer, OrderDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        writer.WriteArrayHeader(Fields);
        writer.WriteList(draft.Lines, CartLine.Write);
        writer.Write((byte)draft.Delivery);
        writer.Write(draft.Tip.Value);
        if (draft.ConfirmedTotal is { } total)
            writer.Write(total.Value);
        else
            writer.WriteNil();
    }

    /// <summary>Reads any delivery, and as many lines as a frame can hold: the shop itself refuses what it does not accept.</summary>
    public static OrderDraft Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(Fields);
        return new OrderDraft(
            reader.ReadList(FrameLimits.UserBytesMax, CartLine.Read), (Delivery)reader.ReadByte(), new Pence(reader.ReadInt64()),
            reader.TryReadNil() ? null : new Pence(reader.ReadInt64()));
    }
}

/// <summary>The bodies of the other requests: USER_DETAILS is a CustomerDetails, PRODUCT_LIST and VIEW_DETAILS have none (nil).</summary>
public static class RequestBodies
{
    /// <summary>
    /// The body of CANCEL: the order's id. Also that of VIEW_ORDERS and VIEW_ACTIVE, which list the orders with a higher id.
    /// </summary>
    public static void WriteOrderId(ref MessagePackWriter writer, int orderId) => writer.Write(orderId);

    public static int ReadOrderId(ref MessagePackReader reader) => reader.ReadInt32();

    /// <summary>The body of ORDER_COST: the lines.</summary>
    public static void WriteLines(ref MessagePackWriter writer, IReadOnlyList<CartLine> lines) => writer.WriteList(lines, CartLine.Write);

    public static CartLine[] ReadLines(ref MessagePackReader reader) => reader.ReadList(FrameLimits.UserBytesMax, CartLine.Read);
}
