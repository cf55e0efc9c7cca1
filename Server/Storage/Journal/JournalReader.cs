using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// Reads a journal, and changes nothing. It starts with the newest segment, goes back as far as the log after the base needs, and then
/// replays the records, oldest first. A gap is always detected: each segment names the next and begins with the state in which the one
/// before it ended, and record numbers have no gaps.
/// </summary>
internal sealed class JournalReader
{
    private readonly List<(IJournalFile File, SegmentHead Head)> _headed = [];
    private readonly List<IJournalFile> _unused = [];
    private readonly List<ReadSegment> _needed = [];
    private IJournalFile? _unnamed;

    private JournalReader(IReadOnlyList<IJournalFile> files)
    {
        foreach (IJournalFile file in files)
        {
            if (SegmentHead.Read(file) is { } head)
                _headed.Add((file, head));
            else
                _unused.Add(file);
        }

        _headed.Sort((a, b) => a.Head.Number.CompareTo(b.Head.Number));
    }

    /// <returns>Null if there is no journal. The files in the result are open and belong to the caller.</returns>
    /// <exception cref="DamagedStorageException">The files can't be what this server wrote.</exception>
    public static RecoveredJournal? Read(IJournalDirectory directory)
    {
        var files = new List<IJournalFile>();
        try
        {
            foreach (string name in directory.List().Where(name => !name.EndsWith(JournalDirectory.Unfinished, StringComparison.Ordinal)))
            {
                if (directory.Open(name) is { } file)
                    files.Add(file);
            }

            return files.Count > 0 ? new JournalReader(files).Read(files[0]) : null;
        }
        catch
        {
            foreach (IJournalFile file in files)
                file.Dispose();
            throw;
        }
    }

    private RecoveredJournal Read(IJournalFile any)
    {
        if (_headed.Count == 0)
            throw new DamagedStorageException(any.Path, "no file of the journal begins with a head that can be read");
        for (int i = 1; i < _headed.Count; i++)
        {
            if (_headed[i].Head.Number == _headed[i - 1].Head.Number)
                throw new DamagedStorageException(_headed[i].File.Path, $"{_headed[i - 1].File.Path} is segment {_headed[i].Head.Number} too");
        }

        _needed.Add(FindNewest());
        ReadBack();
        (LogState state, LiveSegments live) = Play();
        _unused.AddRange(_headed.Select(h => h.File).Where(file => file != _unnamed && live.All.All(s => s.File != file)));
        return new RecoveredJournal(state, live, _unused, _unnamed, _needed[^1].NextNumber, _needed[^1].Records[^1].IsEmpty);
    }

    /// <summary>
    /// Finds the newest segment that is named by the one before it. A segment that is not named was just being begun when the process died,
    /// and holds nothing but the state.
    /// </summary>
    private ReadSegment FindNewest()
    {
        ReadSegment newest = ReadSegment(_headed.Count - 1);
        if (newest.Number > 1 && newest.Records.Count < 2)
        {
            ReadSegment before = Before(newest.Number) is { } i
                ? ReadSegment(i)
                : throw new DamagedStorageException(newest.Segment.File.Path, $"segment {newest.Number - 1}, which goes before it, is not there");
            if (!before.Names(newest.Number))
            {
                _unnamed = newest.Segment.File;
                newest = before;
            }
        }

        if (newest.Names(newest.Number + 1))
            throw new DamagedStorageException(newest.Segment.File.Path, $"the journal goes on in segment {newest.Number + 1}, which is not there or has no head");
        return newest;
    }

    /// <summary>
    /// Reads the older segments that the log after the base needs, by the same rule as <see cref="LiveSegments"/>; a segment that is not
    /// needed may be half overwritten. The replay detects a missing one.
    /// </summary>
    private void ReadBack()
    {
        EntryIndex @base = BaseAtEnd(_needed[0]);
        EntryIndex lastOfOlder = LastOfOlder(_needed[0]);
        while (lastOfOlder > @base && Before(_needed[0].Number) is { } i)
        {
            _needed.Insert(0, ReadSegment(i));
            lastOfOlder = EntryIndex.Min(lastOfOlder, LastOfOlder(_needed[0]));
        }
    }

    private (LogState State, LiveSegments Live) Play()
    {
        var state = new LogState(_needed[0].State);
        var live = new LiveSegments();
        for (int i = 0; i < _needed.Count; i++)
        {
            live.Add(_needed[i].Segment, state.Last.Index);
            Play(_needed[i], state, live);
            if (i + 1 < _needed.Count)
                CheckGoesOn(_needed[i], _needed[i + 1]);
        }

        if (!state.IsWhole)
        {
            EntryIndex from = state.Base.Index.Next, to = state.Batches.Count > 0 ? new(state.Batches[0].First.Value - 1) : state.Last.Index;
            throw new DamagedStorageException(_needed[0].Segment.File.Path, $"the entries {from} to {to} are in no segment: one before segment {_needed[0].Number} is missing");
        }

        return (state, live);
    }

    private static void Play(ReadSegment segment, LogState state, LiveSegments live)
    {
        ulong number = segment.Head.FirstRecord;
        try
        {
            foreach (JournalRecord record in segment.Records)
            {
                state.Redo(record);
                live.Passed(record);
                number++;
            }
        }
        catch (InvariantException e)
        {
            throw new DamagedStorageException(segment.Segment.File.Path, $"record {number} contradicts those before it: {e.Message}", e);
        }
    }

    private static void CheckGoesOn(ReadSegment segment, ReadSegment next)
    {
        if (!segment.Names(next.Number) || segment.NextNumber != next.Head.FirstRecord)
            throw new DamagedStorageException(
                segment.Segment.File.Path, $"its records from {segment.NextNumber} on cannot be read: segment {next.Number} goes on with record {next.Head.FirstRecord}");
    }

    private static EntryIndex BaseAtEnd(ReadSegment segment)
    {
        EntryIndex at = segment.State.Base.Index;
        foreach (JournalRecord record in segment.Records)
        {
            if (record is WriteRecord { Base: { } trimmed })
                at = trimmed.Index;
            else if (record is RestartRecord restart)
                at = restart.At.Index;
        }

        return at;
    }

    /// <summary>The last entry in older segments that the log still holds at the end of this one.</summary>
    private static EntryIndex LastOfOlder(ReadSegment segment)
    {
        EntryIndex last = segment.State.Last.Index;
        foreach (JournalRecord record in segment.Records)
            last = EntryIndex.Min(last, record.LastOfOlder ?? last);
        return last;
    }

    private int? Before(ulong number) => _headed.FindIndex(h => h.Head.Number == number - 1) is var i and >= 0 ? i : null;

    private ReadSegment ReadSegment(int i) => SegmentReader.ReadAll(_headed[i].File, _headed[i].Head);
}

/// <summary>What was read from a journal.</summary>
/// <param name="Unused">Files that later segments may use.</param>
/// <param name="Unnamed">A segment that was just being begun and does not count: its head must be wiped before the journal goes on.</param>
/// <param name="NextNumber">The number of the next record.</param>
/// <param name="IsSealed">The last record carries no data, so nothing but such a record can have been lost at the end.</param>
internal sealed record RecoveredJournal(
    LogState State, LiveSegments Live, IReadOnlyList<IJournalFile> Unused, IJournalFile? Unnamed, ulong NextNumber, bool IsSealed) : IDisposable
{
    public void Dispose()
    {
        foreach (IJournalFile file in Live.All.Select(s => s.File).Concat(Unused))
            file.Dispose();
        Unnamed?.Dispose();
    }
}
