using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>
/// Writes effects one after the other, each an array whose first element is its <see cref="Effect"/>. The caller decides where the content
/// of one entry, or one chunk of a state transfer, ends.
/// </summary>
internal sealed class EffectWriter(IBufferWriter<byte> output) : IShopTables
{
    public void ViewStarted(Epoch epoch)
    {
        MessagePackWriter writer = Begin(Effect.ViewStarted, 1);
        writer.Write(epoch.Value);
        writer.Flush();
    }

    public void SetOwnerKey(KeyHash hash)
    {
        MessagePackWriter writer = Begin(Effect.OwnerKeySet, 1);
        writer.WriteHash(hash);
        writer.Flush();
    }

    public void SetProduct(int number, in Product product, bool retired)
    {
        MessagePackWriter writer = Begin(Effect.ProductSet, 3);
        writer.Write(number);
        Product.Write(ref writer, product);
        writer.Write(retired);
        writer.Flush();
    }

    public void SetStock(int productNumber, int stock)
    {
        MessagePackWriter writer = Begin(Effect.StockSet, 2);
        writer.Write(productNumber);
        writer.Write(stock);
        writer.Flush();
    }

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
        MessagePackWriter writer = Begin(Effect.CustomerSet, 3);
        writer.WriteId(user.Value);
        writer.WriteHash(key);
        if (details is null)
            writer.WriteNil();
        else
            CustomerDetails.Write(ref writer, details);
        writer.Flush();
    }

    public void AddAnswered(in AnsweredRequest request)
    {
        MessagePackWriter writer = Begin(Effect.Answered, 5);
        WriteAnswered(ref writer, request);
        writer.Flush();
    }

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request)
    {
        MessagePackWriter writer = Begin(Effect.StrangerRefused, 7);
        writer.Write(number);
        writer.WriteHash(key);
        WriteAnswered(ref writer, request);
        writer.Flush();
    }

    public void AddOrder(in OrderRow order)
    {
        MessagePackWriter writer = Begin(Effect.OrderAdded, 9);
        writer.Write(order.Number.Value);
        writer.WriteId(order.User.Value);
        writer.Write(order.OrderId);
        writer.Write((byte)order.Status);
        writer.Write((byte)order.Delivery);
        writer.Write(order.Tip.Value);
        writer.Write(order.Total.Value);
        writer.Write(order.PlacedAt);
        writer.WriteArrayHeader(order.Lines.Length * 3);
        foreach (OrderRowLine line in order.Lines)
        {
            writer.Write(line.Product);
            writer.Write(line.Quantity);
            writer.Write(line.Price.Value);
        }

        writer.Flush();
    }

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status)
    {
        MessagePackWriter writer = Begin(Effect.OrderStatusSet, 4);
        writer.Write(number.Value);
        writer.WriteId(user.Value);
        writer.Write(orderId);
        writer.Write((byte)status);
        writer.Flush();
    }

    private static void WriteAnswered(ref MessagePackWriter writer, in AnsweredRequest request)
    {
        writer.WriteId(request.User.Value);
        writer.Write(request.Sequence.Value);
        writer.WriteId(request.RequestId.Value);
        writer.Write(request.BodyHash);
        writer.Write(request.Answer);
    }

    private MessagePackWriter Begin(Effect effect, int fields)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(1 + fields);
        writer.Write((byte)effect);
        return writer;
    }
}
