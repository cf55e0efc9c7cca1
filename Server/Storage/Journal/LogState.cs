using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// The state that results from the journal's records: the disk id, the adopted view, and the log after its base. New writes go through
/// <see cref="Do"/>, which returns the record to write; records that were read go through <see cref="Redo(JournalRecord)"/>. Both enforce
/// the same rules.
/// </summary>
internal sealed class LogState
{
    private readonly List<LogBatch> _batches = [];

    public LogState(StateRecord from)
    {
        (Disk, Adopted, Base, Last) = (from.Disk, from.Adopted, from.Base, from.Last);
        (IsInstalling, IsMarked) = (from.IsInstalling, from.IsMarked);
    }

    public DiskId? Disk { get; private set; }

    public View? Adopted { get; private set; }

    /// <summary>The last entry that was cut from the log's front.</summary>
    public EntryPosition Base { get; private set; }

    public EntryPosition Last { get; private set; }

    /// <summary>A state transfer began and has not ended: neither this log nor the tables hold valid data.</summary>
    public bool IsInstalling { get; private set; }

    /// <summary>A process once recorded that there is a mark of what was acknowledged, so one must exist.</summary>
    public bool IsMarked { get; private set; }

    /// <summary>
    /// The log after the base. If the records begin in the middle of it, its beginning is missing (see <see cref="IsWhole"/>).
    /// </summary>
    public IReadOnlyList<LogBatch> Batches => _batches;

    /// <summary>The batches reach back to the base.</summary>
    public bool IsWhole => _batches.Count > 0 ? _batches[0].First == Base.Index.Next : Last == Base;

    public StateRecord ToRecord() => new(Disk, Adopted, Base, Last, IsInstalling, IsMarked);

    /// <summary>Applies a write, and returns the record that has the same effect on this log.</summary>
    /// <exception cref="InvariantException">The write breaks a rule of the log. Part of it may have been applied.</exception>
    public WriteRecord Do(LogWrite write)
    {
        if (write.Adopt is { } view)
            Adopt(view);
        EntryPosition? cutTo = write.CutFrom is { } from ? BeforeCut(from) : null;
        if (cutTo is { } end)
            CutTo(end);
        foreach (LogBatch batch in write.Append)
            Append(batch);
        EntryPosition? @base = write.Base is { } at ? WholeBatchesUpTo(at) : null;
        if (@base is { } newBase)
            TrimTo(newBase);
        return new WriteRecord(write.Adopt, cutTo, write.Append, @base);
    }

    /// <summary>Applies a record.</summary>
    /// <exception cref="InvariantException">The record contradicts those before it.</exception>
    public void Redo(JournalRecord record)
    {
        switch (record)
        {
            case WriteRecord write:
                Redo(write);
                break;
            case RestartRecord restart:
                _batches.Clear();
                Base = Last = restart.At;
                IsInstalling = restart.IsInstalling;
                break;
            case DiskRecord disk:
                Disk = disk.Disk;
                break;
            case BootRecord:
                IsMarked = true;
                break;
            case StateRecord state:
                Invariant.Check(state.IsSame(ToRecord()), "a segment begins with the state in which the one before it ended");
                break;
        }
    }

    private void Redo(WriteRecord write)
    {
        if (write.Adopt is { } view)
            Adopt(view);
        if (write.CutTo is { } end)
            CutTo(end);
        foreach (LogBatch batch in write.Append)
            Append(batch);
        if (write.Base is { } at)
            TrimTo(at);
    }

    private void Adopt(View view)
    {
        Invariant.Check(view.Epoch > (Adopted?.Epoch ?? Epoch.None), "adopted epochs never go down on a disk");
        Adopted = view;
    }

    private void Append(LogBatch batch)
    {
        Invariant.Check(!IsInstalling, "nothing is appended while a state transfer is installed");
        Invariant.Check(batch.First == Last.Index.Next, "a batch follows the log's last entry");
        Invariant.Check(batch.Epoch >= Last.Epoch, "epochs never fall along a log");
        _batches.Add(batch);
        Last = batch.LastPosition;
    }

    /// <summary>The entry before the one to cut from; null if the log ends before it.</summary>
    private EntryPosition? BeforeCut(EntryIndex from)
    {
        Invariant.Check(from > Base.Index, "nothing at or below the log's base is cut");
        if (from > Last.Index)
            return null;

        int cut = Find(from);
        Invariant.Check(_batches[cut].First == from, "a cut begins at the first entry of a stored batch");
        return cut > 0 ? _batches[cut - 1].LastPosition : Base;
    }

    private void CutTo(EntryPosition end)
    {
        Invariant.Check(end.Index >= Base.Index && end.Index < Last.Index, "a cut ends in the log");
        int kept = _batches.Count;
        while (kept > 0 && _batches[kept - 1].First > end.Index)
            kept--;
        Invariant.Check(kept == 0 || _batches[kept - 1].LastPosition == end, "a cut ends at the end of a batch");
        _batches.RemoveRange(kept, _batches.Count - kept);
        Last = end;
    }

    /// <summary>
    /// A batch that contains the new base but goes beyond it is kept, and the base is then the entry before it, the last that is really
    /// cut. Null if the base does not move.
    /// </summary>
    private EntryPosition? WholeBatchesUpTo(EntryPosition at)
    {
        Invariant.Check(at.Index <= Last.Index && at.Index >= Base.Index, "the log's base lies in the log");
        if (at.Index == Base.Index)
            return null;

        int holder = Find(at.Index);
        Invariant.Check(_batches[holder].Epoch == at.Epoch, "the log's base is an entry of the log");
        if (_batches[holder].Last == at.Index)
            return at;
        return holder > 0 ? _batches[holder - 1].LastPosition : null;
    }

    private void TrimTo(EntryPosition at)
    {
        Invariant.Check(at.Index <= Last.Index && at.Index >= Base.Index, "the log's base lies in the log");
        int gone = 0;
        while (gone < _batches.Count && _batches[gone].Last <= at.Index)
            gone++;
        _batches.RemoveRange(0, gone);
        Base = at;
    }

    /// <summary>The index, in the list, of the batch that holds an entry after the base.</summary>
    private int Find(EntryIndex index)
    {
        int low = 0, high = _batches.Count - 1;
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
