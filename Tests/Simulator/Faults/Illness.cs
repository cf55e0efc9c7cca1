using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>What one replica suffers from for good.</summary>
/// <param name="SyncUs">Each sync of its disk takes so long; 0: no longer than ever, <see cref="Hangs"/>: none ends.</param>
/// <param name="Stutters">Its process stands still for a moment, and again a moment later.</param>
/// <param name="IsDead">Its process is gone.</param>
internal sealed record Ailment(long SyncUs, bool Stutters, bool IsDead)
{
    public const long Hangs = long.MaxValue;
}

/// <summary>
/// A gray fault that does not end while it is looked at: some replicas are ill for good, and the users must be served all the same.
/// Drawn for some schedules, and judged by <see cref="LastingIllness"/>.
/// </summary>
internal sealed class Illness
{
    /// <summary>How long it is looked at.</summary>
    public const long LastsUs = 90_000_000;

    private const long Millisecond = 1_000;

    public Illness(Chance chance, int replicas, int minReplicas)
    {
        // Where fewer than k are well, everything waits for the slowest that is needed: only disks are slow then, and not for hours.
        LeavesTooFew = chance.OneIn(3);
        int ill = LeavesTooFew ? 1 + replicas - minReplicas + chance.Below(minReplicas) : 1 + chance.Below(replicas - minReplicas);
        for (int i = 0; i < ill; i++)
            Ailments.Add(LeavesTooFew ? new Ailment(chance.Between(500, 2_000) * Millisecond, false, false) : Draw(chance));
        StrikesPrimary = chance.OneIn(2);
        PauseMostMs = chance.Pick([2_000, 10_000, 60_000]);
    }

    public List<Ailment> Ailments { get; } = [];

    /// <summary>Fewer than k replicas are well.</summary>
    public bool LeavesTooFew { get; }

    /// <summary>It begins with the primary, and with who would take its place.</summary>
    public bool StrikesPrimary { get; }

    /// <summary>How long users think meanwhile; a fifth of it on average. While nobody orders, a slow disk looks like any other.</summary>
    public int PauseMostMs { get; }

    public override string ToString() =>
        $"{string.Join(' ', Ailments.Select(a => (a.IsDead ? "dead" : a.SyncUs == Ailment.Hangs ? "hung" : a.SyncUs > 0 ? $"sync {a.SyncUs / 1000} ms" : "") + (a.Stutters ? " stutters" : "")))}, "
        + (StrikesPrimary ? "the primary first" : "anybody");

    private static Ailment Draw(Chance chance) => chance.Below(6) switch
    {
        0 or 1 => new Ailment(chance.Between(50, 5_000) * Millisecond, false, false),
        2 => new Ailment(0, true, false),
        3 => new Ailment(0, false, true),
        4 => new Ailment(Ailment.Hangs, false, false),
        _ => new Ailment(Ailment.Hangs, true, false),
    };
}
