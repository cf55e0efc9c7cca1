using JustHungry.FrontEnd.Core;
using JustHungry.Server.Replication;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.Network;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// What a seed decides about a schedule: how large the cluster is, how small its batches are, and which faults it suffers and how often.
/// Swarm testing (Groce et al., 2012): most faults are off in most schedules, so that those that are on reach deep states.
/// </summary>
internal sealed class Plan
{
    private const int KindOnPercent = 35;
    private const int HandsOnPercent = 8;

    /// <summary>A second group costs as much as half of the first.</summary>
    private const int OtherGroupsPercent = 10;

    /// <summary>One schedule in this many has a lasting illness; it takes as long as four others.</summary>
    private const int IllOneIn = 10;

    public Plan(Chance chance)
    {
        Replicas = 3 + chance.Below(3);
        MinReplicas = chance.OneIn(8) ? 1 : 2;
        FrontEnds = 1 + chance.Below(3);
        ChaoticFrontEnds = chance.Below(FrontEnds + 1);
        Users = 2 + chance.Below(3);
        Wishes = 8 + chance.Below(17);
        FaultsUs = chance.Between(2, 14) * 1_000_000;
        QuietUs = chance.OneIn(4) ? chance.Between(0, 1_500_000) : chance.Between(1_500_000, 2_500_000);
        TickFactor = 1 + chance.Below(3);
        DelayMostUs = chance.Pick([400, 400, 10_000, 60_000]);
        SyncMostUs = chance.Pick([3_000, 3_000, 30_000, 150_000]);
        FaultEveryUs = chance.Between(40, 900) * 1_000;
        Options = new ReplicaOptions
        {
            BatchBytesMax = chance.Pick([100, 400, 4_000]),
            WindowBytes = chance.Pick([200, 2_000, 100_000]),
            LogTailBytes = chance.Pick([0, 300, 5_000]),
            CheckpointEntries = chance.Pick([2, 5, 20]),
            CheckpointMs = chance.Pick([50, 300, 2_000]),
            NearlyLevelEntries = chance.Pick([1, 5, 50]),
            PinnedBytesMax = chance.Pick([500, 5_000, 1_000_000]),
            TransferStuckMs = chance.Pick([1_000, 15_000]),
            ThinLinkBytesPerMs = 2,
        };
        DiskPieces = new DiskPieces(chance.Pick([1, 3, 10]), chance.Pick([1, 6, 40]));
        Buffers = Buffers.Draw(chance, Options.WindowBytes);
        if (!chance.OneIn(3))
        {
            Options = TightLimits.OfReplica(chance, Options);
            FrontEndLimits = TightLimits.OfFrontEnd(chance);
        }

        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
        {
            // Rarely, because the users' history can't be checked once orders were given up.
            if (chance.Percent(PercentOf(kind)))
                Weights.Add((kind, BeginsLineages(kind) ? 1 : 1 + chance.Below(8)));
        }

        // What an operator begins again from a disk that is in the wrong place is lost when the disk is put back.
        if (Weights.Exists(w => BeginsLineages(w.Kind)))
            Weights.RemoveAll(w => w.Kind == FaultKind.WrongDisks);
        if (!chance.OneIn(IllOneIn))
            return;
        Illness = new Illness(chance, Replicas, MinReplicas);

        // Only the illness is to be judged, not front ends that change views at random, nor links that are as slow as a disk.
        ChaoticFrontEnds = 0;
        DelayMostUs = Math.Min(DelayMostUs, 10_000);
        SyncMostUs = Math.Min(SyncMostUs, 30_000);
        Options = TightLimits.None(Options);
        FrontEndLimits = new FrontEndLimits();
        Buffers = Buffers.Large;
    }

    public int Replicas { get; }

    public int MinReplicas { get; }

    public int FrontEnds { get; }

    public int ChaoticFrontEnds { get; }

    public int Users { get; }

    /// <summary>How many wishes each user has before the end.</summary>
    public int Wishes { get; }

    /// <summary>How long the faults go on.</summary>
    public long FaultsUs { get; }

    /// <summary>How long the cluster has before the first fault, mostly enough to open the shop.</summary>
    public long QuietUs { get; }

    public long FaultEveryUs { get; }

    /// <summary>
    /// The longest time that a user thinks, so that wishes last as long as the faults. On average Chance.Skewed draws a fifth of it.
    /// </summary>
    public int PauseMostMs => (int)(5 * (QuietUs + FaultsUs) / (Wishes * 1_000));

    /// <summary>How slow a link may be without a fault.</summary>
    public long DelayMostUs { get; }

    /// <summary>How slow a sync may be without a fault.</summary>
    public long SyncMostUs { get; }

    public DiskPieces DiskPieces { get; }

    /// <summary>By what factor ticks are rarer than in the daemons.</summary>
    public int TickFactor { get; }

    public ReplicaOptions Options { get; }

    public FrontEndLimits FrontEndLimits { get; } = new();

    public Buffers Buffers { get; }

    public List<(FaultKind Kind, int Weight)> Weights { get; } = [];

    /// <summary>The illness that follows once everything has recovered; null: none.</summary>
    public Illness? Illness { get; }

    private static int PercentOf(FaultKind kind) =>
        BeginsLineages(kind) ? HandsOnPercent
        : kind is FaultKind.OtherGroup or FaultKind.GroupFromCopy ? OtherGroupsPercent
        : KindOnPercent;

    private static bool BeginsLineages(FaultKind kind) => kind is FaultKind.PromoteUncleanly or FaultKind.LoseRegister;

    public override string ToString() =>
        $"{Replicas} replicas, k = {MinReplicas}, {FrontEnds} front ends ({ChaoticFrontEnds} chaotic), {Users} users, delay {DelayMostUs / 1000} ms, sync {SyncMostUs / 1000} ms, {FaultsUs / 1_000_000} s of faults every {FaultEveryUs / 1000} ms: "
        + string.Join(' ', Weights.Select(w => w.Kind + "*" + w.Weight)) + (Illness is null ? "" : $"; then {Illness}");
}
