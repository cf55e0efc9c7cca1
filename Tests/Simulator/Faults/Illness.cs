using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>A fault that one replica suffers from until the end of the schedule.</summary>
/// <param name="SyncUs">How long each sync of its disk takes; 0: no longer than usual; <see cref="Hangs"/>: for ever.</param>
/// <param name="Stutters">Its process stops for a moment, again and again.</param>
/// <param name="IsDead">Its process is gone.</param>
internal sealed record Ailment(long SyncUs, bool Stutters, bool IsDead)
{
    public const long Hangs = long.MaxValue;

    /// <summary>How many bytes pass in a millisecond between it and everybody else, in each direction; 0: any number.</summary>
    public int BytesPerMs { get; init; }

    /// <summary>Of a hundred segments that pass between it and everybody else, how many are lost and sent again by TCP.</summary>
    public int LossPercent { get; init; }

    /// <summary>Its disk is full.</summary>
    public bool IsFull { get; init; }

    /// <summary>How long each byte that it reads keeps it busy.</summary>
    public int UsPerByte { get; init; }

    public override string ToString()
    {
        string disk = IsFull ? "full " : SyncUs == Hangs ? "hung " : SyncUs > 0 ? $"sync {SyncUs / 1000} ms " : "";
        string link = (BytesPerMs > 0 ? $"{BytesPerMs} kB/s " : "") + (LossPercent > 0 ? $"loses {LossPercent} % " : "");
        return (IsDead ? "dead " : "") + disk + link + (UsPerByte > 0 ? $"{UsPerByte} us a byte " : "") + (Stutters ? "stutters " : "");
    }
}

/// <summary>
/// A gray failure that does not end while it is observed: some replicas are ill for good, and users must be served all the same. Some
/// schedules have one; <see cref="LastingIllness"/> judges the outcome.
/// </summary>
internal sealed class Illness
{
    /// <summary>How long the cluster is observed.</summary>
    public const long LastsUs = 90_000_000;

    private const long Millisecond = 1_000;

    public Illness(Chance chance, int replicas, int minReplicas)
    {
        // If fewer than k are well, everything waits for the slowest one needed; so in that case only disks are slow, and none hangs for
        // ever.
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

    /// <summary>The first replicas to fall ill are the primary and those that would take its place.</summary>
    public bool StrikesPrimary { get; }

    /// <summary>
    /// The longest time that users think meanwhile; a fifth of it on average. While nobody orders, a slow disk looks like any other.
    /// </summary>
    public int PauseMostMs { get; }

    public override string ToString() =>
        $"{string.Join("and ", Ailments)}, {(StrikesPrimary ? "the primary first" : "anybody")}";

    private static Ailment Draw(Chance chance) => chance.Below(11) switch
    {
        0 or 1 => new Ailment(chance.Between(50, 5_000) * Millisecond, false, false),
        2 => new Ailment(0, true, false),
        3 => new Ailment(0, false, true),
        4 => new Ailment(Ailment.Hangs, false, false),
        5 or 6 => new Ailment(0, false, false) { BytesPerMs = (int)chance.Between(15, 60) },
        7 => new Ailment(0, false, false) { IsFull = true },
        8 => new Ailment(0, false, false) { UsPerByte = (int)chance.Between(5, 60) },
        9 => new Ailment(0, false, false) { LossPercent = (int)chance.Between(1, 15) },
        _ => new Ailment(Ailment.Hangs, true, false),
    };
}
