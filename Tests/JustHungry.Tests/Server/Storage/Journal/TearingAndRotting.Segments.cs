using JustHungry.Server.Storage.Journal;

namespace JustHungry.Tests.Server.Storage.Journal;

internal sealed partial class TearingAndRotting
{
    private static string NameOf(ulong segment, JournalOnDisk disk) => Segments(disk).First(name => NumberOf(name, disk) == segment);

    private static ulong? NumberOf(string name, JournalOnDisk disk)
    {
        using IJournalFile? file = disk.Files.Open(name);
        return file is null ? null : SegmentHead.Read(file)?.Number;
    }

    /// <summary>Where the records of a segment begin.</summary>
    private static long[] Starts(byte[] segment) =>
        [.. Enumerable.Range(1, (segment.Length / Block) - 1).Select(block => (long)block * Block)
            .Where(at => RecordFrame.Read(segment.AsSpan((int)at)) is { Segment: > 0, Number: > 0 } frame && frame.ContentBytes < segment.Length - at &&
                frame.Covers(segment.AsSpan((int)at, RecordFrame.HeaderBytes + (int)frame.ContentBytes)))];

    private static long LengthAt(byte[] segment, long at) => RecordFrame.HeaderBytes + RecordFrame.Read(segment.AsSpan((int)at)).ContentBytes;

    /// <summary>All bits of what was written, and one in a hundred of the padding's.</summary>
    private static IEnumerable<(long At, byte Mask)> BitsOf(byte[] segment)
    {
        for (int at = 0; at < segment.Length; at++)
        {
            if (segment[at] != 0)
            {
                for (int bit = 0; bit < 8; bit++)
                    yield return (at, (byte)(1 << bit));
            }
            else if (at % 97 == 0 || at % Block < 64)
            {
                yield return (at, (byte)(1 << (at % 8)));
            }
        }
    }
}
