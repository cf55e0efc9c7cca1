using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Storage.Journal;

/// <summary>How far a log has come: what the file <c>acknowledged</c> says, and what the journal says of itself.</summary>
/// <param name="Record">The number of the journal's last record, which rises whatever is written; the rest is for people.</param>
internal readonly record struct LogMark(DiskId Disk, ulong Record, EntryPosition Last, Epoch Adopted)
{
    /// <summary>A log that stands here lacks something that one with this mark has had.</summary>
    public bool IsAheadOf(LogMark log) => Disk == log.Disk && Record > log.Record;
}
