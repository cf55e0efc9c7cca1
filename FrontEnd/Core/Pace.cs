using JustHungry.Protocol.Cores;

namespace JustHungry.FrontEnd.Core;

/// <summary>So many at once, and after that so many a second: a token bucket, of which only the time is kept at which it will be full again.</summary>
/// <param name="Burst">How many may come at once.</param>
/// <param name="PerSecond">How fast room for others comes back.</param>
internal readonly record struct Pace(int Burst, int PerSecond)
{
    private const long UsPerMs = 1_000;
    private const long UsPerSecond = 1_000 * UsPerMs;

    /// <summary>Whether one more may come now.</summary>
    /// <param name="fullAtUs">When the bucket is full again, in microseconds of <see cref="Now.Ms"/>; 0: it always was.</param>
    public bool HasRoom(Now now, long fullAtUs) => After(now, fullAtUs) - (now.Ms * UsPerMs) <= Burst * UsPerSecond / PerSecond;

    /// <summary>When it will be full again after one more has come.</summary>
    public long After(Now now, long fullAtUs) => Math.Max(fullAtUs, now.Ms * UsPerMs) + (UsPerSecond / PerSecond);

    public static bool IsFull(Now now, long fullAtUs) => fullAtUs <= now.Ms * UsPerMs;
}
