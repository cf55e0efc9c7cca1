using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Storage.Journal;

/// <summary>A segment that is part of the journal, and how far it is filled.</summary>
internal sealed class Segment(IJournalFile file, ulong number)
{
    private long _lastAt;

    public IJournalFile File { get; } = file;

    public ulong Number { get; } = number;

    /// <summary>Where the next record will be written.</summary>
    public long End { get; private set; } = RecordFrame.BlockBytes;

    /// <summary>
    /// The last entry of the log that has a record in this segment or an earlier one: once the base has passed it, the segment is not
    /// needed any more. Not known while the segment is being filled.
    /// </summary>
    public EntryIndex LastEntry { get; set; } = new(ulong.MaxValue);

    /// <summary>The last block is reserved for the record that names the next segment.</summary>
    public bool HasRoomFor(long recordBytes) => End + recordBytes + RecordFrame.BlockBytes <= File.Length;

    public bool IsHalfFull => End > File.Length / 2;

    /// <summary>Writes a record after the last one. It is not durable yet.</summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        File.Write(record, End);
        Passed(record.Length);
    }

    /// <summary>Moves the end past a record that was read or written there.</summary>
    public void Passed(long recordBytes)
    {
        _lastAt = End;
        End += recordBytes;
    }

    /// <summary>
    /// Makes durable what was read, since a killed process may not have done so. The last record is written again: if its fsync failed and
    /// ended that process, the page cache holds the record, marked as written, and the disk does not.
    /// </summary>
    public void SettleAfterCrash()
    {
        byte[] last = new byte[End - _lastAt];
        File.Read(last, _lastAt);
        File.Write(last, _lastAt);
        File.Sync();
    }
}
