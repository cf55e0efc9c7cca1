using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>
/// The shop's state as tables, and the only ways to change it: one method for each effect. The state in memory and the checkpoint in SQLite
/// are both such tables; entries and state transfers are both sequences of such effects. No method can fail on effects that a shop's
/// execution made, and calling one twice in a row has the effect of calling it once. A whole state is written in this order: owner key,
/// products by number, customers, their answers by rising sequence, orders by number, strangers' refusals.
/// </summary>
internal interface IShopTables
{
    /// <summary>The hash of the key by which the shop's owner is recognised.</summary>
    void SetOwnerKey(KeyHash hash);

    /// <summary>
    /// A product under its number (0, 1, 2… in the catalogue's order, never re-used). A retired product is not sold, only kept for old
    /// orders.
    /// </summary>
    void SetProduct(int number, in Product product, bool retired);

    void SetStock(int productNumber, int stock);

    /// <summary>A customer; the details are null until some are accepted.</summary>
    void SetCustomer(UserId user, KeyHash key, CustomerDetails? details);

    /// <summary>
    /// An update was answered, finally. The user's highest sequence rises to its sequence; only the user's last 16 answers are kept.
    /// </summary>
    void AddAnswered(in AnsweredRequest request);

    /// <summary>
    /// An update was refused, finally, to a user who is not a customer and does not become one by it. Only the last
    /// <see cref="Strangers.KeptMax"/> refusals of all strangers are kept.
    /// </summary>
    /// <param name="number">Counts the whole group's refusals, from 1.</param>
    /// <param name="key">The hash of the key that the update came with.</param>
    void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request);

    void AddOrder(in OrderRow order);

    void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status);
}

/// <summary>An update and its answer, kept so that a repetition gets the same one.</summary>
/// <param name="BodyHash">The hash of kind and body, which finds a request id that is used again with another body.</param>
/// <param name="Answer">As written by <see cref="Answer.Write(IBufferWriter{byte})"/>. Part of the entry's bytes: copy it to keep
/// it.</param>
internal readonly record struct AnsweredRequest(UserId User, Sequence Sequence, RequestId RequestId, ulong BodyHash, ReadOnlySequence<byte> Answer);

/// <summary>An order as it is stored.</summary>
/// <param name="Number">The tables' key.</param>
/// <param name="OrderId">Counts the user's orders, from 1; what the user sees.</param>
/// <param name="PlacedAt">Seconds since 1970-01-01 UTC.</param>
internal readonly record struct OrderRow(
    OrderNumber Number, UserId User, int OrderId, OrderStatus Status, Delivery Delivery, Pence Tip, Pence Total, long PlacedAt, OrderRowLine[] Lines);

/// <summary>A line of a stored order; the product is given by its number.</summary>
internal readonly record struct OrderRowLine(int Product, int Quantity, Pence Price);
