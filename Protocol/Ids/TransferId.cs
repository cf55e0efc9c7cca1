namespace JustHungry.Protocol.Ids;

/// <summary>
/// One state transfer: the primary numbers those that it sends, a spare those that it installs, each from 1 and over all epochs of a run.
/// </summary>
public readonly record struct TransferId(ulong Value) : IComparable<TransferId>
{
    public int CompareTo(TransferId other) => Value.CompareTo(other.Value);

    public static bool operator <(TransferId a, TransferId b) => a.Value < b.Value;

    public static bool operator >(TransferId a, TransferId b) => a.Value > b.Value;

    public static bool operator <=(TransferId a, TransferId b) => a.Value <= b.Value;

    public static bool operator >=(TransferId a, TransferId b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}
