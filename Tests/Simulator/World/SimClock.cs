using JustHungry.Protocol.Cores;

namespace JustHungry.Simulator.World;

/// <summary>
/// A process's clocks. The one for time-outs begins anywhere and runs a little too fast or too slowly, but never goes back; the one that
/// tells the date is off by anything, and jumps when somebody sets it.
/// </summary>
/// <param name="PerMille">By how much the first one is too fast; below 0: too slow.</param>
/// <param name="StartMs">Where it begins.</param>
internal sealed record SimClock(int PerMille, long StartMs)
{
    private const int PerMilleMost = 20;
    private const long YearSeconds = 365 * 86_400;

    public static SimClock True { get; } = new(0, 0);

    /// <summary>By how much the date is wrong.</summary>
    public long UtcOffsetSeconds { get; private set; }

    public static SimClock Draw(Chance chance) => new(
        chance.OneIn(2) ? 0 : (int)chance.Between(-PerMilleMost, PerMilleMost), chance.Pick<long>([0, 1_000, int.MaxValue, 400L * YearSeconds * 1_000]));

    public void SetDate(Chance chance) => UtcOffsetSeconds = chance.OneIn(4) ? 0 : chance.Between(-YearSeconds, YearSeconds);

    public Now Read(long runUs, long utcMs) => new(StartMs + (runUs * (1_000 + PerMille) / 1_000_000), utcMs + (UtcOffsetSeconds * 1_000));
}
