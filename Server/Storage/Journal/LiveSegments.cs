using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Storage.Journal;

/// <summary>The segments that the journal consists of, oldest first, and which of them the log still needs.</summary>
internal sealed class LiveSegments
{
    private readonly List<Segment> _segments = [];

    /// <summary>The one that is being filled.</summary>
    public Segment Current => _segments[^1];

    public IReadOnlyList<Segment> All => _segments;

    /// <param name="leftAt">The log's last entry when the segment before this one was left.</param>
    public void Add(Segment segment, EntryIndex leftAt)
    {
        if (_segments.Count > 0)
            Current.LastEntry = leftAt;
        _segments.Add(segment);
    }

    /// <summary>What a record did to the log, by the segments before its own.</summary>
    public void Passed(JournalRecord record)
    {
        if (record.LastOfOlder is not { } limit)
            return;

        foreach (Segment segment in _segments.Take(_segments.Count - 1))
            segment.LastEntry = EntryIndex.Min(segment.LastEntry, limit);
    }

    /// <summary>The oldest segment, if the log after its base needs nothing of it; then it is no part of the journal any more.</summary>
    public Segment? TakeUnneeded(EntryIndex @base)
    {
        Segment oldest = _segments[0];
        if (oldest == Current || oldest.LastEntry > @base)
            return null;

        _segments.RemoveAt(0);
        return oldest;
    }
}
