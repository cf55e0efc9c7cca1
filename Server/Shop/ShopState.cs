using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>
/// The shop in memory: the replicated state machine. <see cref="Execute"/> decides and changes nothing; the effects it wrote, applied
/// by EffectReader, change and decide nothing. Owned by the replica's core; not thread-safe.
/// </summary>
internal sealed class ShopState : IShopTables
{
    /// <summary>Nothing was ever opened: a group's first primary appends ShopOpening's effects as entry 1.</summary>
    public bool IsOpen => throw new NotImplementedException();

    /// <summary>Decides one request.</summary>
    /// <param name="effects">Gets the entry's content when the result is Entry; untouched otherwise.</param>
    /// <param name="answer">Gets the answer, unless the result is NeedsPostcode.</param>
    public ExecutionResult Execute(in UserRequest request, PostcodeVerdict postcode, long utcSeconds, IBufferWriter<byte> effects, IBufferWriter<byte> answer) =>
        throw new NotImplementedException();

    /// <summary>The postcode in a USER_DETAILS request whose execution said NeedsPostcode.</summary>
    public static string PostcodeOf(in UserRequest request) => throw new NotImplementedException();

    /// <summary>Equal on every replica that has applied the same entries. Costs a pass over the whole state: for tests and the simulator.</summary>
    public ulong Digest() => throw new NotImplementedException();

    /// <summary>Writes the whole state as effects, chunk by chunk: what a state transfer carries.</summary>
    public void WriteTo(IShopTables tables) => throw new NotImplementedException();

    public void SetOwnerKey(KeyHash hash) => throw new NotImplementedException();

    public void SetProduct(int number, in Product product, bool retired) => throw new NotImplementedException();

    public void SetStock(int productNumber, int stock) => throw new NotImplementedException();

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details) => throw new NotImplementedException();

    public void AddAnswered(in AnsweredRequest request) => throw new NotImplementedException();

    public void AddOrder(in OrderRow order) => throw new NotImplementedException();

    public void SetOrderStatus(ulong orderNumber, UserId user, int orderId, OrderStatus status) => throw new NotImplementedException();
}

/// <summary>What the postcode service said of a USER_DETAILS request's postcode.</summary>
internal enum PostcodeVerdict : byte
{
    NotAsked = 0,
    Valid = 1,
    Invalid = 2,
    Unavailable = 3,
}

/// <summary>What came of an execution.</summary>
internal enum ExecutionResult : byte
{
    /// <summary>Answered without an entry: a retrieval, a repetition, or an answer that depends on the request alone.</summary>
    Answered = 1,

    /// <summary>An update took place or was refused: its effects must be appended as an entry, and applied.</summary>
    Entry = 2,

    /// <summary>Ask the postcode service, then execute again with its verdict. Nothing was written.</summary>
    NeedsPostcode = 3,
}
