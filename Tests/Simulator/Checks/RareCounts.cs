using JustHungry.Protocol.Cores;

namespace JustHungry.Simulator.Checks;

/// <summary>How often each rare branch of the cores was taken.</summary>
internal sealed class RareCounts
{
    private static readonly RareBranch[] All = Enum.GetValues<RareBranch>();

    /// <summary>
    /// Branches that 2,500 seeds took only a few times or never, so that 2,000 may miss them. Units take them: in FollowingTests,
    /// BeginningLineagesTests, TransferringTests and InstallingTests.
    /// </summary>
    private static readonly RareBranch[] BeyondSeeds =
    [
        RareBranch.CutInsideABatch, RareBranch.Fork, RareBranch.ChunkSentAgain, RareBranch.TransferBegunAgain, RareBranch.InstallResumed,
    ];

    /// <summary>One for each branch; <see cref="Rare.CountIn"/> counts in it.</summary>
    public long[] Counts { get; } = new long[All.Length];

    /// <summary>The branches that seeds should take, and that were never taken: what is tested says nothing about them.</summary>
    public IReadOnlyList<RareBranch> NeverTaken => [.. All.Except(BeyondSeeds).Where(b => Counts[(int)b] == 0)];

    public void Add(RareCounts others)
    {
        for (int i = 0; i < Counts.Length; i++)
            Counts[i] += others.Counts[i];
    }

    /// <summary>The rarest first.</summary>
    public override string ToString() => string.Join(' ', All.OrderBy(b => Counts[(int)b]).Select(b => $"{b}*{Counts[(int)b]}"));
}
