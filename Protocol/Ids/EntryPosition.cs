namespace JustHungry.Protocol.Ids;

/// <summary>An entry's index with the epoch it was appended in. Equal positions mean equal logs up to there (invariant 2).</summary>
public readonly record struct EntryPosition(EntryIndex Index, Epoch Epoch) : IComparable<EntryPosition>
{
    /// <summary>The position before the first entry of every log.</summary>
    public static EntryPosition Start => default;

    /// <summary>The more up-to-date log is the one whose last entry has the later epoch, then the greater index.</summary>
    public int CompareTo(EntryPosition other) => Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Index.CompareTo(other.Index);

    public override string ToString() => $"{Index}@{Epoch}";
}
