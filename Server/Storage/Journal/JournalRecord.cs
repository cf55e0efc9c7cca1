using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;

namespace JustHungry.Server.Storage.Journal;

/// <summary>What one record of the journal says. A record is there whole or not at all.</summary>
internal abstract record JournalRecord
{
    /// <summary>Losing it loses nothing: it only shows that what stands before it was durable.</summary>
    public virtual bool IsEmpty => false;

    /// <summary>The log keeps nothing after this entry of what was appended before. Null: it keeps all.</summary>
    public virtual EntryIndex? LastOfOlder => null;
}

/// <summary>The first record of every segment: all that a start must know of the segments before it.</summary>
internal sealed record StateRecord(DiskId? Disk, View? Adopted, EntryPosition Base, EntryPosition Last, bool IsInstalling, bool IsMarked) : JournalRecord
{
    public bool IsSame(StateRecord other) =>
        Disk == other.Disk && Base == other.Base && Last == other.Last && IsInstalling == other.IsInstalling && IsMarked == other.IsMarked &&
        (Adopted is null || other.Adopted is null ? Adopted is null && other.Adopted is null : Adopted.HasSameContentAs(other.Adopted));
}

/// <summary>A <see cref="LogWrite"/>, its parts done in this order.</summary>
/// <param name="CutTo">The last entry that stays; null: nothing was cut.</param>
/// <param name="Base">The last entry that goes: always the last of a batch.</param>
internal sealed record WriteRecord(View? Adopt, EntryPosition? CutTo, IReadOnlyList<LogBatch> Append, EntryPosition? Base) : JournalRecord
{
    public override EntryIndex? LastOfOlder => CutTo?.Index;
}

/// <summary>The log is emptied and goes on after <paramref name="At"/>: the beginning or the end of an installation.</summary>
internal sealed record RestartRecord(EntryPosition At, bool IsInstalling) : JournalRecord
{
    public override EntryIndex? LastOfOlder => EntryIndex.None;
}

/// <summary>The journal belongs to this disk from now on.</summary>
internal sealed record DiskRecord(DiskId Disk) : JournalRecord;

/// <summary>A process began on this disk: from now on its <see cref="AckMark"/> is there.</summary>
internal sealed record BootRecord(BootId Boot) : JournalRecord
{
    public override bool IsEmpty => true;
}

/// <summary>
/// Written once nothing has been for a moment, and at a stop. Without it nobody could tell whether the last write was torn by a crash
/// before it was acknowledged, or damaged since: from it on the two differ.
/// </summary>
internal sealed record SealRecord : JournalRecord
{
    public override bool IsEmpty => true;
}

/// <summary>The last record of a segment that was left: the journal goes on in <paramref name="Segment"/>.</summary>
internal sealed record ContinuedRecord(ulong Segment) : JournalRecord;
