using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Benchmarks.Load;

/// <summary>
/// Users who order, or order and look, until told to stop. Each answer is checked as it comes: an order must have the next id and the
/// agreed total, and a look must show what was ordered before. Owned by a link's thread; the window is changed from outside.
/// </summary>
internal sealed class Shopping(Menu menu, int link, bool mixed) : IConversation
{
    private const int MixedRound = 5; // one order, four looks
    private const int ViewedMax = 5;

    private static readonly byte[] NoBody = [MessagePackCode.Nil];

    private volatile Window? _window;
    private volatile bool _stopping;

    public Window? Window
    {
        get => _window;
        set => _window = value;
    }

    public void Stop() => _stopping = true;

    public UserRequest? Next(BenchUser user)
    {
        if (_stopping)
            return null;

        user.Asked++;
        return KindOf(user) switch
        {
            RequestKind.PlaceOrder => Order(user),
            RequestKind.ViewOrders => Look(user, RequestKind.ViewOrders, EncodeOrderId(Math.Max(0, user.Placed.Count - ViewedMax))),
            RequestKind kind => Look(user, kind, NoBody),
        };
    }

    public void Answered(BenchUser user, in ReadOnlySequence<byte> answer)
    {
        RequestKind kind = KindOf(user);
        if (kind == RequestKind.PlaceOrder)
            TakeOrder(user, answer);
        else
            CheckLook(user, kind, answer);
    }

    public void Measured(ReadOnlySpan<int> micros) => _window?.Add(link, micros);

    private RequestKind KindOf(BenchUser user) => !mixed ? RequestKind.PlaceOrder : (user.Asked % MixedRound) switch
    {
        0 => RequestKind.PlaceOrder,
        1 or 3 => RequestKind.ProductList,
        2 => RequestKind.ViewOrders,
        _ => RequestKind.ViewDetails,
    };

    private UserRequest Order(BenchUser user)
    {
        user.Sequence = user.Sequence.Next;
        user.RequestId = new RequestId(user.RequestId.Value + 1);
        user.Wish = (byte)((user.Asked + (uint)link) % Menu.Wishes);
        return new UserRequest(user.Id, user.Key, user.Sequence, user.RequestId, RequestKind.PlaceOrder, menu.Body(user.Wish));
    }

    private static UserRequest Look(BenchUser user, RequestKind kind, byte[] body) =>
        new(user.Id, user.Key, Sequence.None, RequestId.None, kind, new ReadOnlySequence<byte>(body));

    private static byte[] EncodeOrderId(int orderId)
    {
        var output = new ArrayBufferWriter<byte>(8);
        var writer = new MessagePackWriter(output);
        RequestBodies.WriteOrderId(ref writer, orderId);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads field by field: making an Order from every answer would cost the load more than what it measures.</summary>
    private void TakeOrder(BenchUser user, in ReadOnlySequence<byte> answer)
    {
        var reader = new MessagePackReader(answer);
        reader.ExpectArray(2);
        if (reader.ReadByte() != (byte)AnswerCode.Order)
            throw new BrokenPromiseException($"an order was refused: {Answer.Read(answer)}");

        reader.ReadArrayHeader();
        int orderId = reader.ReadInt32();
        reader.Skip(); // status
        reader.Skip(); // delivery
        reader.Skip(); // tip
        long total = reader.ReadInt64();
        user.Placed.Add(user.Wish);
        if (orderId != user.Placed.Count || total != menu.Draft(user.Wish).ConfirmedTotal!.Value.Value)
            throw new BrokenPromiseException($"order {orderId} for {total} pence, where order {user.Placed.Count} for {menu.Draft(user.Wish).ConfirmedTotal} was due");
    }

    private static void CheckLook(BenchUser user, RequestKind kind, in ReadOnlySequence<byte> answer)
    {
        var reader = new MessagePackReader(answer);
        reader.ExpectArray(2);
        var code = (AnswerCode)reader.ReadByte();
        if (code != (kind == RequestKind.ProductList ? AnswerCode.Products : kind == RequestKind.ViewOrders ? AnswerCode.Orders : AnswerCode.Details))
            throw new BrokenPromiseException($"{kind} was answered by {code}");
        if (kind != RequestKind.ViewOrders)
            return;

        reader.ReadArrayHeader();
        int shown = reader.ReadArrayHeader();
        if (shown != Math.Min(ViewedMax, user.Placed.Count))
            throw new BrokenPromiseException($"{shown} of the last {ViewedMax} orders are shown to a user who placed {user.Placed.Count}");
    }
}
