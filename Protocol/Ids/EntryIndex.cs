namespace JustHungry.Protocol.Ids;

/// <summary>The place of an entry in a group's log, counted from 1; 0 is the place before the first entry.</summary>
public readonly record struct EntryIndex(ulong Value) : IComparable<EntryIndex>
{
    public static EntryIndex None => default;

    /// <summary>The last one that a peer or a file may name: some 10¹¹ years of orders. Adding to it does not overflow.</summary>
    public static EntryIndex LastPossible => new(1UL << 62);

    public EntryIndex Next => new(Value + 1);

    public int CompareTo(EntryIndex other) => Value.CompareTo(other.Value);

    public static EntryIndex Min(EntryIndex a, EntryIndex b) => a.Value <= b.Value ? a : b;

    public static EntryIndex Max(EntryIndex a, EntryIndex b) => a.Value >= b.Value ? a : b;

    public static EntryIndex operator +(EntryIndex index, int count) => new(index.Value + (ulong)count);

    public static bool operator <(EntryIndex a, EntryIndex b) => a.Value < b.Value;

    public static bool operator >(EntryIndex a, EntryIndex b) => a.Value > b.Value;

    public static bool operator <=(EntryIndex a, EntryIndex b) => a.Value <= b.Value;

    public static bool operator >=(EntryIndex a, EntryIndex b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}
