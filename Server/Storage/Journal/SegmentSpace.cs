namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// Fills the files of future segments with zeros, so that a commit changes neither a file's length nor its allocated blocks.
/// </summary>
internal static class SegmentSpace
{
    /// <summary>A commit can use the disk between two pieces; 1 MiB takes some milliseconds.</summary>
    private const int PieceBytes = 1024 * 1024;

    private static readonly byte[] Zeros = new byte[PieceBytes];

    /// <summary>Fills a part of a file, durably when it returns.</summary>
    public static void Fill(IJournalFile file, long from, long to, CancellationToken stop)
    {
        for (long at = from; at < to; at += PieceBytes)
        {
            stop.ThrowIfCancellationRequested();
            file.Write(Zeros.AsSpan(0, (int)Math.Min(PieceBytes, to - at)), at);
            file.Sync();
        }
    }

    /// <summary>Removes the head, so that the file is no longer a segment.</summary>
    public static void Wipe(IJournalFile file)
    {
        file.Write(Zeros.AsSpan(0, RecordFrame.BlockBytes), 0);
        file.Sync();
    }
}
