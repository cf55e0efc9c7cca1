namespace JustHungry.Protocol.Ids;

/// <summary>
/// The number of a reply that a primary made. It counts the replies of an epoch, over all connections, from 1; 0 means none yet.
/// </summary>
public readonly record struct ReplyNumber(ulong Value) : IComparable<ReplyNumber>
{
    public static ReplyNumber None => default;

    public ReplyNumber Next => new(Value + 1);

    public int CompareTo(ReplyNumber other) => Value.CompareTo(other.Value);

    public static bool operator <(ReplyNumber a, ReplyNumber b) => a.Value < b.Value;

    public static bool operator >(ReplyNumber a, ReplyNumber b) => a.Value > b.Value;

    public static bool operator <=(ReplyNumber a, ReplyNumber b) => a.Value <= b.Value;

    public static bool operator >=(ReplyNumber a, ReplyNumber b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}
