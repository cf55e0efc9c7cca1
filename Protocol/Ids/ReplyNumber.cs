namespace JustHungry.Protocol.Ids;

/// <summary>A reply that a primary made: rises by one, from 1, with each reply in an epoch, over all connections. 0: none yet.</summary>
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
