using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;

namespace JustHungry.Server.Storage.Journal;

/// <summary>The content of one record of the journal. A record exists completely or not at all.</summary>
internal abstract record JournalRecord
{
    /// <summary>It carries no data, so losing it loses nothing; it only shows that what comes before it was durable.</summary>
    public virtual bool IsEmpty => false;

    /// <summary>Of the entries appended before this record, the log keeps none after this one. Null if it keeps all.</summary>
    public virtual EntryIndex? LastOfOlder => null;
}

/// <summary>The first record of every segment: everything that a start must know about the segments before it.</summary>
internal sealed record StateRecord(DiskId? Disk, View? Adopted, EntryPosition Base, EntryPosition Last, bool IsInstalling, bool IsMarked) : JournalRecord
{
    public bool IsSame(StateRecord other) =>
        Disk == other.Disk && Base == other.Base && Last == other.Last && IsInstalling == other.IsInstalling && IsMarked == other.IsMarked &&
        (Adopted is null || other.Adopted is null ? Adopted is null && other.Adopted is null : Adopted.HasSameContentAs(other.Adopted));
}

/// <summary>A <see cref="LogWrite"/>, whose parts take effect in this order.</summary>
/// <param name="CutTo">The last entry kept; null if nothing was cut.</param>
/// <param name="Base">The last entry trimmed from the front, always the last of a batch; null if the base did not change.</param>
internal sealed record WriteRecord(View? Adopt, EntryPosition? CutTo, IReadOnlyList<LogBatch> Append, EntryPosition? Base) : JournalRecord
{
    public override EntryIndex? LastOfOlder => CutTo?.Index;
}

/// <summary>The log is emptied and goes on after <paramref name="At"/>, at the beginning or the end of an installation.</summary>
internal sealed record RestartRecord(EntryPosition At, bool IsInstalling) : JournalRecord
{
    public override EntryIndex? LastOfOlder => EntryIndex.None;
}

/// <summary>The journal belongs to this disk from now on.</summary>
internal sealed record DiskRecord(DiskId Disk) : JournalRecord;

/// <summary>A process started on this disk: from now on there must be an <see cref="AckMark"/>.</summary>
internal sealed record BootRecord(BootId Boot) : JournalRecord
{
    public override bool IsEmpty => true;
}

/// <summary>
/// Written when the log has been idle for a moment, and at a stop. Without it, a last write that was torn by a crash before it was
/// acknowledged could not be distinguished from one that was damaged later.
/// </summary>
internal sealed record SealRecord : JournalRecord
{
    public override bool IsEmpty => true;
}

/// <summary>The last record of a full segment: the journal goes on in <paramref name="Segment"/>.</summary>
internal sealed record ContinuedRecord(ulong Segment) : JournalRecord;
