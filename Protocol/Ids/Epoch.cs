namespace JustHungry.Protocol.Ids;

/// <summary>The number of a view. It rises by one with each view of a group (by 1,000 with a repair); 0 means no view yet.</summary>
public readonly record struct Epoch(ulong Value) : IComparable<Epoch>
{
    public static Epoch None => default;

    /// <summary>
    /// Far above any real one. Adding to it overflows neither here nor in a database's signed 64 bits. Bytes from outside that name a
    /// higher one are malformed.
    /// </summary>
    public static Epoch Max => new(1UL << 62);

    public Epoch Next => new(Value + 1);

    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    public static bool operator <(Epoch a, Epoch b) => a.Value < b.Value;

    public static bool operator >(Epoch a, Epoch b) => a.Value > b.Value;

    public static bool operator <=(Epoch a, Epoch b) => a.Value <= b.Value;

    public static bool operator >=(Epoch a, Epoch b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}
