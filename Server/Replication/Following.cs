using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// A backup's or spare's side of one epoch: stores the primary's Appends in the log, and acks what is proved equal to the primary's log
/// once that is fsynced. Starts from nothing with each view. Owned by the core.
/// </summary>
internal sealed class Following(View view, ReplicaContext replica)
{
    private ConnectionId _primary;
    private LastHeard _heard = LastHeard.Never;
    private EntryIndex _proved;
    private Round _round;
    private bool _ackDue;

    /// <summary>The ack that the running write will make true: sent when the write ends, if the epoch is still the adopted one.</summary>
    private Appended? _ackOfRunning;

    /// <summary>The view is on disk, so the primary may be answered.</summary>
    public bool IsAdopted { get; set; }

    public Epoch Epoch => view.Epoch;

    /// <summary>An ack is due when the running write ends.</summary>
    public bool AwaitsWrite => _ackOfRunning is not null;

    public bool IsMember => view.IsMember(replica.Self);

    /// <summary>The primary's connection is open and has brought a frame recently.</summary>
    public bool HearsPrimary(Now now) => _primary != ConnectionId.None && _heard.SilentMs(now) <= replica.Options.SilenceMs;

    public bool IsFromPrimary(in Hello peer) =>
        peer.Replica is { } member && view.IsPrimary(member);

    public void Heard(Now now, ConnectionId primary)
    {
        _primary = primary;
        _heard = new LastHeard(now);
    }

    /// <summary>This process was not listening for that long, so the primary was not silent then.</summary>
    public void Forgive(Now now, long lostMs) => _heard = _heard.Forgive(now, lostMs);

    public void Closed(ConnectionId connection)
    {
        if (_primary == connection)
            _primary = ConnectionId.None;
    }

    public void Append(ConnectionId from, in Append append)
    {
        if (append.Count < 0 || append.Count > append.Entries.Length || (append.Count == 0) != append.Entries.IsEmpty)
            throw new ProtocolViolationException("an Append whose count does not fit its entries");

        if (!replica.Log.Holds(append.Previous))
        {
            if (append.Previous.Index <= replica.Log.Base.Index)
                throw Contradicts(append.Previous);
            if (IsAdopted)
                replica.Network.Send(from, 0, new Mismatch(Epoch, append.Previous.Index, WhereToTry(append.Previous.Index), replica.Log.Last.Index));
            return; // until it is adopted, say nothing: the primary's next probe will get the answer
        }

        EntryIndex last = append.Previous.Index + append.Count;
        if (append.Count > 0)
            Store(append, last);
        _proved = EntryIndex.Max(_proved, last);
        _round = Round.Max(_round, append.Round);
        _ackDue = true;

        // Never past what is proved: beyond it this log may hold entries left by another primary. And not before the view is adopted: the
        // tables on disk would be ahead of the view there, and after a restart contradict an earlier primary that is still at work.
        if (IsAdopted)
            replica.Log.RaiseCommit(EntryIndex.Min(append.Commit, _proved));
    }

    /// <summary>A state transfer begins: the log is gone, and with it all that was proved of it.</summary>
    public void LogDropped()
    {
        _proved = EntryIndex.None;
        _ackDue = false;
        _ackOfRunning = null;
    }

    /// <summary>A state transfer has made this the base of the log.</summary>
    public void Installed(EntryIndex at)
    {
        _proved = at;
        _ackDue = true;
    }

    /// <summary>The write that starts now holds everything proved so far.</summary>
    public void WriteStarted()
    {
        _ackOfRunning = _ackDue ? new Appended(Epoch, _round, _proved, null) : null;
        _ackDue = false;
    }

    public void Written(Now now)
    {
        if (_ackOfRunning is { } ack)
            replica.Network.Send(_primary, 0, ack with { UtcMs = now.UtcMs });
        _ackOfRunning = null;
    }

    /// <summary>If nothing is left to write, everything proved is fsynced already and is acked at once.</summary>
    public void BatchEnded(Now now)
    {
        if (!_ackDue || !replica.Log.IsAllDurable)
            return;

        replica.Network.Send(_primary, 0, new Appended(Epoch, _round, _proved, now.UtcMs));
        _ackDue = false;
    }

    private EntryIndex WhereToTry(EntryIndex previous) =>
        previous > replica.Log.Last.Index ? replica.Log.Last.Index.Next : replica.Log.FirstOfEpochAt(previous);

    /// <summary>
    /// Skips the entries that the log holds under the same index and epoch, cuts only where an epoch differs, and appends the rest.
    /// </summary>
    private void Store(in Append append, EntryIndex last)
    {
        EntryIndex first = append.Previous.Index.Next;
        EntryIndex missing = first;
        while (missing <= last && replica.Log.Holds(new EntryPosition(missing, append.BatchEpoch)))
            missing = missing.Next;
        if (missing <= last && missing <= replica.Log.Base.Index)
            throw Contradicts(new EntryPosition(missing, append.BatchEpoch));

        var batch = new LogBatch(first, append.Count, append.BatchEpoch, append.Checksum, System.Buffers.BuffersExtensions.ToArray(append.Entries));
        CheckReceived(batch, missing);
        if (missing > last)
            return;

        if (missing <= replica.Log.Last.Index)
            replica.Log.CutFrom(missing);
        replica.Log.Append(missing > first ? batch.Slice(missing, last.Next) : batch);
    }

    /// <summary>
    /// Checks that the whole batch is one that a correct primary can send, before any of it is kept or acked. Entries that are held already
    /// must have the same content, since an index and epoch name one entry.
    /// </summary>
    /// <param name="missing">The first of its entries that this log does not hold.</param>
    private void CheckReceived(LogBatch batch, EntryIndex missing)
    {
        if (!batch.IsIntact)
            throw new ProtocolViolationException($"batch {batch} was damaged on its way");
        batch.Check();

        bool isInOrder = missing > batch.Last || replica.Log.EpochAt(new EntryIndex(missing.Value - 1)) is not { } before || before <= batch.Epoch;
        if (!isInOrder || batch.Epoch > Epoch)
            throw new ProtocolViolationException($"batch {batch} is of an epoch that can't stand there, in epoch {Epoch}");

        // Committed entries are never cut; nor are entries proved equal in this epoch, which the primary holds itself.
        EntryIndex kept = EntryIndex.Max(replica.Log.Commit, _proved);
        if (missing <= batch.Last && missing <= kept)
            throw new ProtocolViolationException($"batch {batch} would cut entry {missing}, where all up to {kept} are committed or proved");
        if (!replica.Log.AgreesWith(batch, missing))
            throw new ProtocolViolationException($"batch {batch} has another content than the entries of the same indexes and epoch that are held");
    }

    /// <summary>Everything up to the base is committed here, so one of the two logs belongs to a fork, or its disk has lied.</summary>
    private ProtocolViolationException Contradicts(EntryPosition position) =>
        new($"the primary of epoch {Epoch} holds {position}, where this log's base, {replica.Log.Base}, stands for another entry");
}
