namespace JustHungry.Server.Storage.Journal;

/// <summary>Fills the files of segments to come with zeros, so that a commit there changes neither the file's length nor the blocks that it has.</summary>
internal static class SegmentSpace
{
    /// <summary>Between two of them a commit gets its turn on the disk: 1 MiB takes some milliseconds.</summary>
    private const int PieceBytes = 1024 * 1024;

    private static readonly byte[] Zeros = new byte[PieceBytes];

    /// <summary>Fills a file from a byte on; durable when it returns.</summary>
    public static void Fill(IJournalFile file, long from, long to, CancellationToken stop)
    {
        for (long at = from; at < to; at += PieceBytes)
        {
            stop.ThrowIfCancellationRequested();
            file.Write(Zeros.AsSpan(0, (int)Math.Min(PieceBytes, to - at)), at);
            file.Sync();
        }
    }

    /// <summary>No segment any more: a file without a head.</summary>
    public static void Wipe(IJournalFile file)
    {
        file.Write(Zeros.AsSpan(0, RecordFrame.BlockBytes), 0);
        file.Sync();
    }
}
