namespace JustHungry.Simulator.World;

/// <summary>
/// How long the steps of a process take. Usually no time that counts; while it is overloaded, each step takes time in proportion to what it
/// has read, and a few take seconds. The step's effects leave after that time, and what comes meanwhile waits for the next.
/// </summary>
internal sealed class Load
{
    private const int LongOneIn = 60;

    /// <summary>How long each byte read keeps it busy, in microseconds; 0: it is not overloaded.</summary>
    public int UsPerByte { get; set; }

    /// <summary>How long the longest steps take.</summary>
    public long LongUs { get; set; }

    public long StepUs(Chance chance, int workBytes) =>
        UsPerByte == 0 ? 0 : ((long)workBytes * UsPerByte) + (chance.OneIn(LongOneIn) ? chance.Skewed(LongUs / 20, LongUs) : 0);

    public void End() => (UsPerByte, LongUs) = (0, 0);
}
