using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// Reads the records of one segment up to its end. A record is written only when the one before it is durable, so a record that can't be
/// read is either the last, torn by a crash and never acknowledged, or damaged. It is damaged if this segment holds a later record. Records
/// left in the file from when it was an earlier segment have other numbers and don't count.
/// </summary>
internal sealed class SegmentReader
{
    private readonly Segment _segment;
    private readonly ReadAhead _bytes;
    private readonly long _length;
    private readonly List<JournalRecord> _records = [];

    private SegmentReader(IJournalFile file, SegmentHead head)
    {
        _segment = new Segment(file, head.Number);
        _bytes = new ReadAhead(file);
        _length = file.Length;
        NextNumber = head.FirstRecord;
    }

    private string File => _segment.File.Path;

    private ulong NextNumber { get; set; }

    /// <exception cref="DamagedStorageException">A record is damaged.</exception>
    public static ReadSegment ReadAll(IJournalFile file, SegmentHead head)
    {
        if (file.Length != head.Bytes)
            throw new DamagedStorageException(file.Path, $"it is {file.Length} bytes long, and was made {head.Bytes} bytes long");

        var reader = new SegmentReader(file, head);
        while (reader.ReadNext())
        {
        }

        return new ReadSegment(head, reader._segment, reader._records, reader.NextNumber);
    }

    private bool ReadNext()
    {
        if (TryRead())
            return true;
        if (FindLater() is not { } later)
            return false;

        // If this is a copy taken while the server writes, both records may have been written in the meantime: read again.
        _bytes.Forget();
        return TryRead() ? true : throw new DamagedStorageException(
            File, $"record {NextNumber} at byte {_segment.End} cannot be read, and record {later} after it can");
    }

    private bool TryRead()
    {
        long at = _segment.End;
        if (HeaderAt(at) is not { } frame || frame.Number != NextNumber || !TryGetWhole(at, frame, out ReadOnlyMemory<byte> record))
            return false;

        _records.Add(Decode(record[RecordFrame.HeaderBytes..]));
        _segment.Passed(RecordFrame.BytesFor(frame.ContentBytes));
        NextNumber++;
        return true;
    }

    /// <summary>The number of a readable record after the one that can't be read.</summary>
    private ulong? FindLater()
    {
        for (long at = _segment.End + RecordFrame.BlockBytes; at < _length; at += RecordFrame.BlockBytes)
        {
            if (HeaderAt(at) is { } frame && frame.Number > NextNumber && TryGetWhole(at, frame, out _))
                return frame.Number;
        }

        return null;
    }

    /// <summary>The header at a place where a record would begin; null if it is not a header of this segment.</summary>
    private RecordFrame? HeaderAt(long at)
    {
        if (at + RecordFrame.HeaderBytes > _length)
            return null;

        RecordFrame frame = RecordFrame.Read(_bytes.Get(at, RecordFrame.HeaderBytes).Span);
        return frame.Segment == _segment.Number && frame.ContentBytes <= _length - at - RecordFrame.HeaderBytes ? frame : null;
    }

    /// <returns>False if the record is not what was written.</returns>
    private bool TryGetWhole(long at, RecordFrame frame, out ReadOnlyMemory<byte> record)
    {
        record = _bytes.Get(at, RecordFrame.HeaderBytes + (int)frame.ContentBytes);
        return frame.Covers(record.Span);
    }

    private JournalRecord Decode(ReadOnlyMemory<byte> content)
    {
        try
        {
            return Decoding.Read(new ReadOnlySequence<byte>(content), RecordCodec.Read);
        }
        catch (ProtocolViolationException e)
        {
            throw new DamagedStorageException(File, $"record {NextNumber} at byte {_segment.End} is no record of this server's", e);
        }
    }
}

/// <param name="Records">The first is the segment's <see cref="StateRecord"/>, unless that can't be read.</param>
/// <param name="NextNumber">The number of the record that would come next.</param>
internal sealed record ReadSegment(SegmentHead Head, Segment Segment, IReadOnlyList<JournalRecord> Records, ulong NextNumber)
{
    public ulong Number => Head.Number;

    public bool Names(ulong segment) => Records.Count > 0 && Records[^1] is ContinuedRecord continued && continued.Segment == segment;

    /// <exception cref="DamagedStorageException">It can't be read.</exception>
    public StateRecord State => Records.Count > 0 && Records[0] is StateRecord state
        ? state
        : throw new DamagedStorageException(Segment.File.Path, $"the state that segment {Number} begins with cannot be read");
}
