using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;

namespace JustHungry.Simulator.Checks;

/// <summary>What an entry says, as far as the checks need it: which update it answers, and which products it touches. Reads effects, keeps no shop.</summary>
internal sealed class EntryFacts : IShopTables
{
    /// <summary>At most one: answers that an entry writes before its last are those a stranger had, who becomes a customer by it.</summary>
    public List<(UserId User, Sequence Sequence, RequestId Request, byte[] Answer)> Answered { get; } = [];

    /// <summary>The products whose row or stock it writes, in that order.</summary>
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
