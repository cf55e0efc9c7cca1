using NUnit.Framework;

namespace JustHungry.Tests.Fuzzing.OneReplica;

/// <summary>The overlaps for whose sake a replica is fuzzed alone: in whole clusters they are so rare that seeds pass them by.</summary>
internal enum Rare
{
    CutInsideABatch,
    TwoCutsInOneWrite,
    CutBelowTheRunningWrite,
    CutOfGatheredEntries,
    CutOfDurableEntries,
    CutDuringACheckpoint,
    BaseMovedDuringAWrite,
    BaseMovedInTheWriteOfACut,
    AppendHeldInPart,
    CommitAheadOfTheDisk,
    AdoptionBehindAWrite,
    ViewReplacedBeforeItWasWritten,
    AckWithheld,
    LeadershipWaitedForTheState,
    ReloadBehindACheckpoint,
    TransferBegunDuringAWrite,
    TransferBegunDuringACheckpoint,
    TransferResumed,
    ViewAdoptedBetweenTransfers,
    KilledInAWriteThatWasStored,
    KilledInAWriteThatWasLost,
    KilledInACheckpoint,
    KilledInATransfer,
}

/// <summary>How often each was met. Thread-safe.</summary>
internal sealed class RareBranches
{
    private readonly int[] _met = new int[Enum.GetValues<Rare>().Length];

    public void Met(Rare branch) => Interlocked.Increment(ref _met[(int)branch]);

    public void Met(Rare branch, bool condition)
    {
        if (condition)
            Met(branch);
    }

    public IEnumerable<Rare> NeverMet => Enum.GetValues<Rare>().Where(b => _met[(int)b] == 0);

    public void Print()
    {
        foreach (Rare branch in Enum.GetValues<Rare>())
            TestContext.Out.WriteLine($"{_met[(int)branch],8}  {branch}");
    }
}
