using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// What the log's disk is asked to do: while one write runs, the next one is gathered. Everything that changes the log or the adopted view
/// goes through here, so adoption queues behind the running commit. Owned by the core.
/// </summary>
internal sealed class DiskQueue(IReplicaDisk disk)
{
    private LogWrite? _running;
    private LogWrite? _gathered;
    private bool _isHeld;

    /// <summary>Nothing is running or waiting: everything that was asked for is durable.</summary>
    public bool IsEmpty => _running is null && _gathered is null && !_isHeld;

    public bool IsRunning => _running is not null || _isHeld;

    private LogWrite Gathered => _gathered ??= new LogWrite();

    public void Adopt(View view) => Gathered.Adopt = view;

    public void Append(LogBatch batch) => Gathered.Append.Add(batch);

    public void SetBase(EntryPosition @base) => Gathered.Base = @base;

    /// <summary>Deletes the batches from <paramref name="firstRow"/> on, including those that are gathered but not yet written.</summary>
    public void CutFrom(EntryIndex firstRow)
    {
        Gathered.Append.RemoveAll(batch => batch.First >= firstRow);
        Gathered.CutFrom = Gathered.CutFrom is { } earlier ? EntryIndex.Min(earlier, firstRow) : firstRow;
    }

    /// <summary>Drops writes to a log that is about to be emptied; a view to adopt stays queued.</summary>
    public void DropAppends()
    {
        if (_gathered is null)
            return;

        View? adopt = _gathered.Adopt;
        _gathered = adopt is null ? null : new LogWrite { Adopt = adopt };
    }

    /// <summary>Keeps writes from starting while the log is emptied and replaced by a transfer.</summary>
    public void Hold() => _isHeld = true;

    public void Release() => _isHeld = false;

    /// <summary>Starts the gathered write if none is running; true if it did.</summary>
    public bool StartIfIdle()
    {
        if (IsRunning || _gathered is null)
            return false;

        _running = _gathered;
        _gathered = null;
        disk.Write(_running);
        return true;
    }

    /// <summary>The running write is durable.</summary>
    public LogWrite Written()
    {
        LogWrite done = _running ?? throw new InvalidOperationException("nothing was being written");
        _running = null;
        return done;
    }
}
