namespace JustHungry.Protocol.Ids;

/// <summary>
/// The number of a set of Appends that a primary sends to its followers, whose answers echo it. Counted from 1 in each epoch; 0 means
/// none yet.
/// </summary>
public readonly record struct Round(ulong Value) : IComparable<Round>
{
    public static Round None => default;

    public Round Next => new(Value + 1);

    public int CompareTo(Round other) => Value.CompareTo(other.Value);

    public static Round Min(Round a, Round b) => a.Value <= b.Value ? a : b;

    public static Round Max(Round a, Round b) => a.Value >= b.Value ? a : b;

    public static bool operator <(Round a, Round b) => a.Value < b.Value;

    public static bool operator >(Round a, Round b) => a.Value > b.Value;

    public static bool operator <=(Round a, Round b) => a.Value <= b.Value;

    public static bool operator >=(Round a, Round b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}
