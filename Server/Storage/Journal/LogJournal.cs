using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// The log on disk: the batches after the base, and what a replica must never forget: its disk id, the adopted view, and whether an
/// installation is under way. Owned by the disk's log thread. Its one rule: each call writes one record, completely or not at all, which is
/// durable when the call returns; no record is written before the previous one is durable. After a failure nothing more is written.
/// </summary>
internal sealed class LogJournal : IDisposable
{
    private readonly JournalOptions _options;
    private readonly LogState _state;
    private readonly LiveSegments _segments;
    private readonly SpareSegments _spares;
    private readonly RecordBuffer _record = new(), _moving = new();
    private ulong _nextNumber;
    private bool _isSealed;
    private bool _hasWritten;
    private bool _isWriting; // stays true once a write has failed

    private LogJournal(IJournalDirectory directory, RecoveredJournal found, JournalOptions options)
    {
        (_options, _state, _segments) = (options, found.State, found.Live);
        (_nextNumber, _isSealed) = (found.NextNumber, found.IsSealed);
        _spares = new SpareSegments(directory, options, found.Unnamed is { } unnamed ? [.. found.Unused, unnamed] : found.Unused);
    }

    /// <summary>The disk id that this log belongs to; null if the log is new.</summary>
    public DiskId? Disk => _state.Disk;

    public View? Adopted => _state.Adopted;

    /// <summary>How far the log has come.</summary>
    public LogMark Mark => new(Disk ?? DiskId.None, _nextNumber - 1, Last, Adopted?.Epoch ?? Epoch.None);

    /// <summary>A process once recorded that there is a mark, so one must exist.</summary>
    public bool IsMarked => _state.IsMarked;

    /// <summary>The last entry that was cut from the log's front.</summary>
    public EntryPosition Base => _state.Base;

    public EntryPosition Last => _state.Last;

    /// <summary>The log after the base.</summary>
    public IReadOnlyList<LogBatch> Batches => _state.Batches;

    /// <summary>A state transfer began and has not ended: neither this log nor the tables hold valid data.</summary>
    public bool IsInstalling => _state.IsInstalling;

    /// <summary>
    /// Opens the journal, creating it if there is none, and reads all of it. Whatever a killed process left is durable when this returns.
    /// </summary>
    /// <exception cref="DamagedStorageException">The files can't be what this server wrote. Nothing was changed.</exception>
    /// <exception cref="StorageException">The disk failed.</exception>
    public static LogJournal Open(IJournalDirectory directory, JournalOptions? options = null)
    {
        options ??= new JournalOptions();
        RecoveredJournal? found = JournalReader.Read(directory);
        if (found is null)
        {
            JournalBuilder.Prepare(directory, new StateRecord(null, null, EntryPosition.Start, EntryPosition.Start, IsInstalling: false, IsMarked: false), [], options);
            JournalBuilder.Finish(directory);
            found = JournalReader.Read(directory)!;
        }

        try
        {
            Settle(directory, found);
            return new LogJournal(directory, found, options);
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }

    public void SetDisk(DiskId disk) => Commit(new DiskRecord(disk));

    /// <summary>Records that a process starts. From now on every start requires the mark, which is already durable.</summary>
    public void CommitBoot(BootId boot) => Commit(new BootRecord(boot));

    /// <summary>Writes <paramref name="write"/> as one record.</summary>
    public void Write(LogWrite write)
    {
        StateRecord before = BeginWrite();
        EndWrite(_state.Do(write), before);
    }

    /// <summary>
    /// Empties the log and records that an installation has begun: until <see cref="EndInstall"/> the disk holds no valid data.
    /// </summary>
    public void BeginInstall() => Commit(new RestartRecord(EntryPosition.Start, IsInstalling: true));

    /// <summary>The tables hold everything up to here: the log goes on from there.</summary>
    public void EndInstall(EntryPosition at) => Commit(new RestartRecord(at, IsInstalling: false));

    /// <summary>
    /// Writes a record after the last one, to show that the last one was durable, unless there is one already. For an idle moment.
    /// </summary>
    public void Seal()
    {
        if (!_isSealed)
            Commit(new SealRecord());
    }

    public void Dispose()
    {
        try
        {
            // A start that fails must not add a record: the number of records may be less than the mark, which shows a loss.
            if (_hasWritten && !_isWriting)
                Seal();
        }
        finally
        {
            _spares.Dispose();
            foreach (Segment segment in _segments.All)
                segment.File.Dispose();
        }
    }

    private static void Settle(IJournalDirectory directory, RecoveredJournal found)
    {
        foreach (string name in directory.List().Where(name => name.EndsWith(JournalDirectory.Unfinished, StringComparison.Ordinal)))
            directory.Delete(name);
        if (found.Unnamed is { } unnamed)
            SegmentSpace.Wipe(unnamed);
        foreach (Segment segment in found.Live.All)
            segment.SettleAfterCrash();
        directory.Flush();
    }

    private void Commit(JournalRecord record)
    {
        StateRecord before = BeginWrite();
        _state.Redo(record);
        EndWrite(record, before);
    }

    /// <returns>The state before the write, as it is on disk.</returns>
    private StateRecord BeginWrite()
    {
        if (_isWriting)
            throw new StorageException("An earlier write to this server's log failed, so nothing more is written to it: start the server again once its disk works.");

        _isWriting = true;
        return _state.ToRecord();
    }

    /// <param name="before">The state before this record.</param>
    private void EndWrite(JournalRecord record, StateRecord before)
    {
        _record.Clear();
        RecordCodec.Write(_record, record);
        if (!_segments.Current.HasRoomFor(_record.RecordBytes))
            MoveOn(before, _record.RecordBytes);

        Segment segment = _segments.Current;
        segment.Append(_record.Finish(segment.Number, _nextNumber++));
        segment.File.Sync();
        _isWriting = false;
        _hasWritten = true;
        _isSealed = record.IsEmpty;
        _segments.Passed(record);
        while (_segments.TakeUnneeded(_state.Base.Index) is { } unneeded)
            _spares.Return(unneeded.File);
        if (segment.IsHalfFull)
            _spares.Prepare(_options.After(segment.File.Length, neededBytes: 0));
    }

    /// <summary>
    /// Begins the next segment: writes its state and head, then the record in the old segment that names it. A crash in between leaves a
    /// segment that is not named and does not count.
    /// </summary>
    private void MoveOn(StateRecord state, long roomFor)
    {
        Segment left = _segments.Current;
        _moving.Clear();
        RecordCodec.Write(_moving, state);
        long needed = RecordFrame.BlockBytes + _moving.RecordBytes + roomFor + RecordFrame.BlockBytes;
        IJournalFile file = _spares.Take(_options.After(left.File.Length, needed));
        var next = new Segment(file, left.Number + 1);
        ulong naming = _nextNumber++, first = _nextNumber++;
        next.Append(_moving.Finish(next.Number, first));
        file.Write(new SegmentHead(next.Number, file.Length, first).ToBlock(), 0);
        file.Sync();

        _moving.Clear();
        RecordCodec.Write(_moving, new ContinuedRecord(next.Number));
        left.Append(_moving.Finish(left.Number, naming));
        left.File.Sync();
        _segments.Add(next, state.Last.Index);
    }
}
