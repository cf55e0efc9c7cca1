namespace JustHungry.Protocol.Ids;

/// <summary>
/// The place of an order among all orders of the shop: 1, 2, 3… as they were placed. None: before the first. What its user sees is the
/// order id, which counts that user's orders.
/// </summary>
public readonly record struct OrderNumber(ulong Value) : IComparable<OrderNumber>
{
    public static OrderNumber None => default;

    public int CompareTo(OrderNumber other) => Value.CompareTo(other.Value);

    public static OrderNumber Max(OrderNumber a, OrderNumber b) => a.Value >= b.Value ? a : b;

    public static bool operator <(OrderNumber a, OrderNumber b) => a.Value < b.Value;

    public static bool operator >(OrderNumber a, OrderNumber b) => a.Value > b.Value;

    public static bool operator <=(OrderNumber a, OrderNumber b) => a.Value <= b.Value;

    public static bool operator >=(OrderNumber a, OrderNumber b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}
