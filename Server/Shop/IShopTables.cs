using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>
/// The shop's state as tables, and the only ways in which it changes: one method an effect. The state in memory and the checkpoint
/// in SQLite both are such tables; entries and state transfer both are sequences of such effects. No method can fail on
/// effects that a shop's execution made, and each one, done twice in a row, leaves what it left the first time. Whoever brings a whole
/// state keeps this order: owner key, products by number, customers, their answers by rising sequence, orders by number, strangers' refusals.
/// </summary>
internal interface IShopTables
{
    /// <summary>The hash of the key that the shop's owner proves himself with.</summary>
    void SetOwnerKey(KeyHash hash);

    /// <summary>A product under its number (0, 1, 2… in the catalogue's order, never re-used). A retired one is kept for old orders, and not sold.</summary>
    void SetProduct(int number, in Product product, bool retired);

    void SetStock(int productNumber, int stock);

    /// <summary>A customer; the details are null while none were accepted.</summary>
    void SetCustomer(UserId user, KeyHash key, CustomerDetails? details);

    /// <summary>An update was answered for good. The highest sequence of its user rises to this one; only the last 16 answers are kept.</summary>
    void AddAnswered(in AnsweredRequest request);

    /// <summary>
    /// An update of somebody who is no customer was refused for good, and this does not make a customer of him. Only the last
    /// <see cref="Strangers.KeptMax"/> of all strangers are kept.
    /// </summary>
    /// <param name="number">Rises by one per refusal of the whole group, from 1.</param>
    /// <param name="key">Of the key that the update came with.</param>
    void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request);

    void AddOrder(in OrderRow order);

    void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status);
}

/// <summary>An update and its answer, kept so that a repetition gets the same one.</summary>
/// <param name="BodyHash">Of the kind and body: the same request id with another body is a mistake.</param>
/// <param name="Answer">As written by <see cref="Answer.Write(IBufferWriter{byte})"/>. Belongs to the entry's bytes: copy what is kept.</param>
internal readonly record struct AnsweredRequest(UserId User, Sequence Sequence, RequestId RequestId, ulong BodyHash, ReadOnlySequence<byte> Answer);

/// <summary>An order as it is stored.</summary>
/// <param name="Number">The tables' key.</param>
/// <param name="OrderId">Counts 1, 2, 3… per user: what the user sees.</param>
/// <param name="PlacedAt">Seconds since 1970-01-01 UTC.</param>
internal readonly record struct OrderRow(
    OrderNumber Number, UserId User, int OrderId, OrderStatus Status, Delivery Delivery, Pence Tip, Pence Total, long PlacedAt, OrderRowLine[] Lines);

/// <summary>A line of a stored order; the product by its number.</summary>
internal readonly record struct OrderRowLine(int Product, int Quantity, Pence Price);
