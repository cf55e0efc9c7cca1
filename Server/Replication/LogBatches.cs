using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Replication;

/// <summary>
/// The entries of a log after its base, in the batches in which they were appended. Owned by <see cref="ReplicaLog"/>, which decides what
/// may be done with them.
/// </summary>
internal sealed class LogBatches
{
    private readonly List<LogBatch> _batches = [];

    public LogBatches(EntryPosition @base, IEnumerable<LogBatch> batches)
    {
        Base = @base;
        foreach (LogBatch batch in batches)
            Append(batch);
    }

    /// <summary>The last entry that was cut from the front. Every log that meets this one held it.</summary>
    public EntryPosition Base { get; private set; }

    public EntryPosition Last => _batches.Count > 0 ? _batches[^1].LastPosition : Base;

    public long Bytes { get; private set; }

    /// <summary>The epoch of an entry, or null if it lies below the base or after the end.</summary>
    public Epoch? EpochAt(EntryIndex index) =>
        index == Base.Index ? Base.Epoch : Find(index) is { } i ? _batches[i].Epoch : null;

    /// <summary>The position of an entry that the log holds, or of its base.</summary>
    public EntryPosition PositionAt(EntryIndex index) =>
        EpochAt(index) is { } epoch ? new EntryPosition(index, epoch) : throw new InvariantException($"entry {index} is not in the log {Base}..{Last}");

    /// <summary>
    /// True if this log holds the entry <paramref name="position"/>, and therefore equals any other log that holds it, up to there. Below
    /// the base all that is known is that epochs are no later than the base's.
    /// </summary>
    public bool Holds(EntryPosition position) =>
        position.Index < Base.Index ? position.Epoch <= Base.Epoch : EpochAt(position.Index) == position.Epoch;

    /// <summary>The first entry of the run of entries that have the same epoch as this one.</summary>
    public EntryIndex FirstOfEpochAt(EntryIndex index)
    {
        int i = Find(index) ?? throw new InvariantException($"entry {index} is not in the log {Base}..{Last}");
        while (i > 0 && _batches[i - 1].Epoch == _batches[i].Epoch)
            i--;
        return _batches[i].First;
    }

    public void Append(LogBatch batch)
    {
        Invariant.Check(batch.First == Last.Index.Next, $"batch {batch} does not follow {Last}");
        Invariant.Check(batch.Epoch >= Last.Epoch, $"batch {batch} is of an earlier epoch than {Last}");
        _batches.Add(batch);
        Bytes += batch.Entries.Length;
    }

    /// <summary>
    /// Removes the entries from <paramref name="from"/> on. A batch that is cut in the middle is replaced by its first part, which is
    /// returned and must be written in the same transaction; <paramref name="firstRow"/> is the first stored batch to delete.
    /// </summary>
    public LogBatch? CutFrom(EntryIndex from, out EntryIndex firstRow)
    {
        int i = Find(from) ?? throw new InvariantException($"cut from {from}, which is not in the log {Base}..{Last}");
        LogBatch broken = _batches[i];
        firstRow = broken.First;
        foreach (LogBatch batch in _batches[i..])
            Bytes -= batch.Entries.Length;
        _batches.RemoveRange(i, _batches.Count - i);
        if (broken.First == from)
            return null;

        LogBatch kept = broken.Slice(broken.First, from);
        Append(kept);
        return kept;
    }

    /// <summary>The stored batch that holds an entry, or null if the log does not reach it.</summary>
    public LogBatch? BatchAt(EntryIndex index) => Find(index) is { } i ? _batches[i] : null;

    /// <summary>The batches that hold the entries after <paramref name="after"/> up to <paramref name="upTo"/>.</summary>
    public IReadOnlyList<LogBatch> Between(EntryIndex after, EntryIndex upTo)
    {
        if (upTo <= after)
            return [];
        int first = Find(after.Next) ?? throw new InvariantException($"entry {after.Next} is not in the log {Base}..{Last}");
        int last = Find(upTo) ?? throw new InvariantException($"entry {upTo} is not in the log {Base}..{Last}");
        return _batches[first..(last + 1)];
    }

    /// <summary>
    /// Cuts off the front the batches that end at or below <paramref name="upTo"/>, as long as <paramref name="bytesKept"/> remain. True if
    /// any were cut.
    /// </summary>
    public bool Trim(EntryIndex upTo, long bytesKept)
    {
        int cut = 0;
        while (cut < _batches.Count && _batches[cut].Last <= upTo && Bytes - _batches[cut].Entries.Length >= bytesKept)
            Bytes -= _batches[cut++].Entries.Length;
        if (cut == 0)
            return false;

        Base = _batches[cut - 1].LastPosition;
        _batches.RemoveRange(0, cut);
        return true;
    }

    /// <summary>Forgets everything: the log starts again after <paramref name="base"/>.</summary>
    public void Reset(EntryPosition @base)
    {
        _batches.Clear();
        Bytes = 0;
        Base = @base;
    }

    /// <summary>
    /// True if those entries of <paramref name="batch"/> before <paramref name="end"/> that are in this log have the same content here.
    /// </summary>
    public bool AgreeWith(LogBatch batch, EntryIndex end)
    {
        EntryIndex from = EntryIndex.Max(batch.First, Base.Index.Next);
        while (from < end)
        {
            LogBatch held = BatchAt(from)!;
            EntryIndex to = EntryIndex.Min(end, held.Last.Next);
            if (!held.Slice(from, to).Entries.Span.SequenceEqual(batch.Slice(from, to).Entries.Span))
                return false;
            from = to;
        }

        return true;
    }

    /// <summary>The index, in the list, of the batch that holds an entry.</summary>
    private int? Find(EntryIndex index)
    {
        if (index <= Base.Index || index > Last.Index)
            return null;

        int low = 0;
        int high = _batches.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_batches[middle].Last < index)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
