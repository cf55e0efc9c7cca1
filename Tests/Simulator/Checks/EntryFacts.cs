using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;

namespace JustHungry.Simulator.Checks;

/// <summary>
/// What the checks need to know of an entry: which update it answers, and which products it touches. Reads effects without keeping a shop.
/// </summary>
internal sealed class EntryFacts : IShopTables
{
    /// <summary>
    /// The update that the entry answers, if any: only the last answer that the entry writes. The others are those of a stranger whom it
    /// makes a customer.
    /// </summary>
    public List<(UserId User, Sequence Sequence, RequestId Request, byte[] Answer)> Answered { get; } = [];

    /// <summary>The products whose row or stock the entry writes, in order.</summary>
    public List<int> Products { get; } = [];

    public static EntryFacts Of(in ReadOnlySequence<byte> content)
    {
        var facts = new EntryFacts();
        EffectReader.ApplyTo(facts, content);
        return facts;
    }

    public void AddAnswered(in AnsweredRequest request)
    {
        Answered.Clear();
        Answered.Add((request.User, request.Sequence, request.RequestId, request.Answer.ToArray()));
    }

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request) => AddAnswered(request);

    public void SetOwnerKey(KeyHash hash)
    {
    }

    public void SetProduct(int number, in Product product, bool retired) => Products.Add(number);

    public void SetStock(int productNumber, int stock) => Products.Add(productNumber);

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
    }

    public void AddOrder(in OrderRow order)
    {
    }

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status)
    {
    }
}
