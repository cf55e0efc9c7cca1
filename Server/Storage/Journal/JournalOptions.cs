namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// The sizes of segments. A busy log writes some 20 MB a second and keeps 32 MiB below its checkpoint, so it moves on to the next segment
/// of 32 MiB every second or two. A small shop never needs more than the first: each segment is twice as long as the one before, so that
/// little space is taken and a first start writes little.
/// </summary>
internal sealed record JournalOptions
{
    public long FirstBytes { get; init; } = 256 * 1024;

    public long MostBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many unused segments are kept; any further ones, which a long checkpoint may free at once, are deleted.</summary>
    public int SparesMost { get; init; } = 4;

    /// <summary>How long the segment after one of <paramref name="bytes"/> should be.</summary>
    public long After(long bytes, long neededBytes) => Math.Max(neededBytes, Math.Min(2 * bytes, MostBytes));
}
