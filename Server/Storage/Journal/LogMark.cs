using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Storage.Journal;

/// <summary>How far a log has come, according to the file <c>acknowledged</c> or to the journal itself.</summary>
/// <param name="Record">The number of the journal's last record, which rises with every write; the other fields are for messages.</param>
internal readonly record struct LogMark(DiskId Disk, ulong Record, EntryPosition Last, Epoch Adopted)
{
    /// <summary>True if <paramref name="log"/> lacks a record that the log with this mark has had.</summary>
    public bool IsAheadOf(LogMark log) => Disk == log.Disk && Record > log.Record;
}
