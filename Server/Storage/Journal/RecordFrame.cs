using System.Buffers.Binary;
using JustHungry.Protocol.Files;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// How a record is laid out in its segment: checksum, length, segment, number, content, and zeros up to the next block. Each record begins
/// at a block of its own, so that no write touches a block that holds something already acknowledged: a torn write can only damage itself.
/// </summary>
/// <param name="Checksum">CRC-32C of everything after it except the zeros. It covers the segment's number, so that what the file held as an
/// earlier segment is not taken for a record of this one.</param>
/// <param name="Number">One more than the record before, across all segments.</param>
internal readonly record struct RecordFrame(uint Checksum, uint ContentBytes, ulong Segment, ulong Number)
{
    /// <summary>The unit in which disks and file systems write, or a multiple of it.</summary>
    public const int BlockBytes = 4096;

    public const int HeaderBytes = sizeof(uint) + sizeof(uint) + sizeof(ulong) + sizeof(ulong);

    private const int LengthAt = sizeof(uint);
    private const int SegmentAt = LengthAt + sizeof(uint);
    private const int NumberAt = SegmentAt + sizeof(ulong);

    /// <summary>How many bytes of a segment a record takes.</summary>
    public static long BytesFor(long contentBytes) => (HeaderBytes + contentBytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    public static RecordFrame Read(ReadOnlySpan<byte> header) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt32LittleEndian(header[LengthAt..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[SegmentAt..]), BinaryPrimitives.ReadUInt64LittleEndian(header[NumberAt..]));

    /// <param name="record">Space for the header, followed by the content.</param>
    public static void WriteHeader(Span<byte> record, ulong segment, ulong number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record[LengthAt..], (uint)(record.Length - HeaderBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(record[SegmentAt..], segment);
        BinaryPrimitives.WriteUInt64LittleEndian(record[NumberAt..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(record, ChecksumOf(record));
    }

    /// <param name="record">Header and content.</param>
    public bool Covers(ReadOnlySpan<byte> record) => ChecksumOf(record) == Checksum;

    private static uint ChecksumOf(ReadOnlySpan<byte> record) => Crc32C.Of(record[LengthAt..]);
}
