using System.Buffers.Binary;
using JustHungry.Protocol.Files;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// The first block of a segment that is or was part of the journal. A file without one is spare space for a later segment.
/// </summary>
/// <param name="Number">The place of the segment in the journal, from 1. Each time a file is re-used it gets a higher number.</param>
/// <param name="Bytes">The length of the file, so that a truncated one is noticed.</param>
/// <param name="FirstRecord">The number of its first record.</param>
internal readonly record struct SegmentHead(ulong Number, long Bytes, ulong FirstRecord)
{
    /// <summary>The format that this program writes, and the highest it reads.</summary>
    private const uint Format = 1;

    private const int FormatAt = 8;
    private const int NumberAt = 16;
    private const int BytesAt = 24;
    private const int FirstRecordAt = 32;
    private const int ChecksumAt = 40;

    /// <summary>
    /// Magic number, format and checksum keep their places in every later format, so that any version can recognise the others.
    /// </summary>
    private static ReadOnlySpan<byte> Magic => "JHungryJ"u8;

    /// <summary>The block to write at the beginning of the file.</summary>
    public byte[] ToBlock()
    {
        byte[] block = new byte[RecordFrame.BlockBytes];
        Magic.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(FormatAt), Format);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(NumberAt), Number);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(BytesAt), Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(FirstRecordAt), FirstRecord);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(ChecksumAt), Crc32C.Of(block.AsSpan(0, ChecksumAt)));
        return block;
    }

    /// <returns>Null if the file begins with no head, or with a torn one.</returns>
    /// <exception cref="StorageException">A newer server wrote it.</exception>
    public static SegmentHead? Read(IJournalFile file)
    {
        Span<byte> block = stackalloc byte[ChecksumAt + sizeof(uint)];
        if (file.Read(block, 0) < block.Length || !block.StartsWith(Magic) ||
            BinaryPrimitives.ReadUInt32LittleEndian(block[ChecksumAt..]) != Crc32C.Of(block[..ChecksumAt]))
            return null;

        uint format = BinaryPrimitives.ReadUInt32LittleEndian(block[FormatAt..]);
        if (format > Format)
            throw new StorageException($"{file.Path} was written by a newer server (format {format}, this one knows {Format}): run that one.");
        return new SegmentHead(
            BinaryPrimitives.ReadUInt64LittleEndian(block[NumberAt..]), BinaryPrimitives.ReadInt64LittleEndian(block[BytesAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(block[FirstRecordAt..]));
    }
}
