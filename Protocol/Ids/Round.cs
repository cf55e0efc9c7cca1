namespace JustHungry.Protocol.Ids;

/// <summary>One set of Appends that a primary sends to its followers; their answers echo it. Rises by one, from 1, in an epoch. 0: none yet.</summary>
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
