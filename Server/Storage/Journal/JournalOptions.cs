namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// How long segments are. A busy log writes some 20 MB a second and keeps 32 MiB behind its checkpoint: segments of 32 MiB are left every
/// second or two. A small shop never needs more than the first: each is twice the one before, so that it takes little space and a
/// first start writes little.
/// </summary>
internal sealed record JournalOptions
{
    public long FirstBytes { get; init; } = 256 * 1024;

    public long MostBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Segments kept for use; what a long checkpoint frees at once beyond them is deleted.</summary>
    public int SparesMost { get; init; } = 4;

    /// <summary>How long the one after this should be.</summary>
    public long After(long bytes, long neededBytes) => Math.Max(neededBytes, Math.Min(2 * bytes, MostBytes));
}
