namespace JustHungry.Protocol.Ids;

/// <summary>The place of an update among those of its user: rises by one with each, from 1. None: a retrieval, which has no place.</summary>
public readonly record struct Sequence(ulong Value) : IComparable<Sequence>
{
    public static Sequence None => default;

    public Sequence Next => new(Value + 1);

    public int CompareTo(Sequence other) => Value.CompareTo(other.Value);

    public static bool operator <(Sequence a, Sequence b) => a.Value < b.Value;

    public static bool operator >(Sequence a, Sequence b) => a.Value > b.Value;

    public static bool operator <=(Sequence a, Sequence b) => a.Value <= b.Value;

    public static bool operator >=(Sequence a, Sequence b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}
