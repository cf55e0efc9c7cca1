namespace JustHungry.Simulator.Disk;

/// <summary>In how large pieces a disk works: so small that even a tiny shop takes several, and otherwise all that differs from the real one.</summary>
/// <param name="SliceEntries">How many entries one transaction of a checkpoint applies.</param>
/// <param name="ChunkEffects">How many effects one chunk of a snapshot holds.</param>
internal sealed record DiskPieces(int SliceEntries, int ChunkEffects)
{
    public static DiskPieces Usual { get; } = new(3, 6);
}
