using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Storage.Journal;

/// <summary>The segments that the journal consists of, oldest first, and which of them the log still needs.</summary>
internal sealed class LiveSegments
{
    private readonly List<Segment> _segments = [];

    /// <summary>The segment that is being filled.</summary>
    public Segment Current => _segments[^1];

    public IReadOnlyList<Segment> All => _segments;

    /// <param name="leftAt">The log's last entry when the journal moved on from the segment before.</param>
    public void Add(Segment segment, EntryIndex leftAt)
    {
        if (_segments.Count > 0)
            Current.LastEntry = leftAt;
        _segments.Add(segment);
    }

    /// <summary>Takes note of how a record changed what the log still needs of the segments before its own.</summary>
    public void Passed(JournalRecord record)
    {
        if (record.LastOfOlder is not { } limit)
            return;

        foreach (Segment segment in _segments.Take(_segments.Count - 1))
            segment.LastEntry = EntryIndex.Min(segment.LastEntry, limit);
    }

    /// <summary>
    /// Removes the oldest segment from the journal and returns it, if the log after its base needs nothing in it; otherwise null.
    /// </summary>
    public Segment? TakeUnneeded(EntryIndex @base)
    {
        Segment oldest = _segments[0];
        if (oldest == Current || oldest.LastEntry > @base)
            return null;

        _segments.RemoveAt(0);
        return oldest;
    }
}
