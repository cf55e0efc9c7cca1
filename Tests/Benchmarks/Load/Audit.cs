using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Benchmarks.Load;

/// <summary>
/// Every user reads back all its orders: each acknowledged one must be there exactly once, as it was placed, and there must be no others.
/// Owned by a link's thread.
/// </summary>
internal sealed class Audit(Menu menu) : IConversation
{
    private readonly Dictionary<BenchUser, int> _seen = [];

    public UserRequest? Next(BenchUser user)
    {
        if (!_seen.TryGetValue(user, out int seen))
            _seen[user] = 0;
        else if (seen < 0)
            return null;

        var output = new ArrayBufferWriter<byte>(8);
        var writer = new MessagePackWriter(output);
        RequestBodies.WriteOrderId(ref writer, seen);
        writer.Flush();
        return new UserRequest(user.Id, user.Key, Sequence.None, RequestId.None, RequestKind.ViewOrders, new ReadOnlySequence<byte>(output.WrittenMemory));
    }

    public void Answered(BenchUser user, in ReadOnlySequence<byte> answer)
    {
        if (Answer.Read(answer) is not OrdersAnswer orders)
            throw new BrokenPromiseException($"a user's orders can't be read: {Answer.Read(answer)}");

        int seen = _seen[user];
        foreach (Order order in orders.Orders)
        {
            seen++;
            if (order.OrderId != seen || seen > user.Placed.Count || !IsAsPlaced(order, menu.Draft(user.Placed[seen - 1])))
                throw new BrokenPromiseException($"{order} is not the {seen}th order that was acknowledged");
        }

        if (!orders.More && seen != user.Placed.Count)
            throw new BrokenPromiseException($"{user.Placed.Count} orders were acknowledged, {seen} are there");
        _seen[user] = orders.More ? seen : -1;
    }

    public void Measured(ReadOnlySpan<int> micros)
    {
    }

    private static bool IsAsPlaced(Order order, OrderDraft draft) =>
        order.Status == OrderStatus.Active && order.Delivery == draft.Delivery && order.Tip == draft.Tip && order.Total == draft.ConfirmedTotal &&
        order.Lines.Select(l => new CartLine(l.Product, l.Quantity)).SequenceEqual(draft.Lines);
}
