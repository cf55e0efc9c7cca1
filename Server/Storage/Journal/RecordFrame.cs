using System.Buffers.Binary;
using JustHungry.Protocol.Files;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// How a record stands in its segment: checksum, length, segment, number, content, and zeros up to the next block. It begins with a block of
/// its own, so that no write touches a block that holds something already acknowledged: a torn write can only damage itself.
/// </summary>
/// <param name="Checksum">CRC-32C of all that follows it, without the zeros. It covers the segment's number: what a segment held in an earlier life is no record of this one.</param>
/// <param name="Number">One more than the record before, across all segments.</param>
internal readonly record struct RecordFrame(uint Checksum, uint ContentBytes, ulong Segment, ulong Number)
{
    /// <summary>What disks and file systems write at once, or a multiple of it.</summary>
    public const int BlockBytes = 4096;

    public const int HeaderBytes = sizeof(uint) + sizeof(uint) + sizeof(ulong) + sizeof(ulong);

    private const int LengthAt = sizeof(uint);
    private const int SegmentAt = LengthAt + sizeof(uint);
    private const int NumberAt = SegmentAt + sizeof(ulong);

    /// <summary>How much of a segment a record takes.</summary>
    public static long BytesFor(long contentBytes) => (HeaderBytes + contentBytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    public static RecordFrame Read(ReadOnlySpan<byte> header) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt32LittleEndian(header[LengthAt..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[SegmentAt..]), BinaryPrimitives.ReadUInt64LittleEndian(header[NumberAt..]));

    /// <param name="record">Room for the header, and the content behind it.</param>
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
