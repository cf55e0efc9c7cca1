using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Storage.Journal;

/// <summary>A segment that is part of the journal, and how far it is filled.</summary>
internal sealed class Segment(IJournalFile file, ulong number)
{
    private long _lastAt;

    public IJournalFile File { get; } = file;

    public ulong Number { get; } = number;

    /// <summary>Where the next record goes.</summary>
    public long End { get; private set; } = RecordFrame.BlockBytes;

    /// <summary>
    /// No later entry of the log has a record in this segment or an earlier one: below the base it is not needed any more. Not known
    /// until the segment is left.
    /// </summary>
    public EntryIndex LastEntry { get; set; } = new(ulong.MaxValue);

    /// <summary>The last block is kept for the record that names the next segment.</summary>
    public bool HasRoomFor(long recordBytes) => End + recordBytes + RecordFrame.BlockBytes <= File.Length;

    public bool IsHalfFull => End > File.Length / 2;

    /// <summary>Writes a record behind the last one. Not durable yet.</summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        File.Write(record, End);
        Passed(record.Length);
    }

    /// <summary>A record was read, or written, at the end.</summary>
    public void Passed(long recordBytes)
    {
        _lastAt = End;
        End += recordBytes;
    }

    /// <summary>
    /// Makes durable what was read, for a killed process may not have. The last record is written again: if the fsync after it failed and
    /// ended that process, the page cache shows the record as written, and the disk does not have it.
    /// </summary>
    public void SettleAfterCrash()
    {
        byte[] last = new byte[End - _lastAt];
        File.Read(last, _lastAt);
        File.Write(last, _lastAt);
        File.Sync();
    }
}
