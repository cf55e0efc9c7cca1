using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;

namespace JustHungry.FrontEnd.Core;

/// <summary>How much a front end holds for its users, and for how long. It runs with the defaults; the simulator uses far smaller ones.</summary>
internal sealed record FrontEndLimits
{
    /// <summary>Sixteen for each of 1,024 users: several times what a primary executes in a barrier's time.</summary>
    public int RequestsMax { get; init; } = RequestTable.SlotsMax;

    /// <summary>Bodies and held answers together: what a front end may hold on to for its users.</summary>
    public long BytesMax { get; init; } = 128 << 20;

    /// <summary>Requests of one connection, which many users may share.</summary>
    public int PerConnectionMax { get; init; } = 1_024;

    /// <summary>
    /// As many as the shop remembers of each user. If there were more, some of those sent again after a failover could get no answer.
    /// </summary>
    public int PerUserMax { get; init; } = 16;

    /// <summary>
    /// Requests and expected answers between this front end and the primary. At 1 Gbit/s the last one waits 17 ms for the others.
    /// </summary>
    public int UnderWayBytesMax { get; init; } = 2 * FrameLimits.DaemonBytesMax;

    /// <summary>Answers that are expected, held or unsent for one connection: two of the longest.</summary>
    public int ConnectionBytesMax { get; init; } = 2 * FrameLimits.DaemonBytesMax;

    /// <summary>
    /// The same for all connections together. Each may have an eighth of what is left, so the fuller it is, the less each may have.
    /// </summary>
    public long AllBytesMax { get; init; } = 128 << 20;

    /// <summary>
    /// How many USER_DETAILS may be under way to the primary. It asks the postcode service about each first, which may take seconds, so
    /// they have a bound of their own and do not hold up other requests. About half of what a primary accepts.
    /// </summary>
    public int LookUpsMax { get; init; } = 512;

    /// <summary>How long a request waits for an answer while the view can't commit, in milliseconds.</summary>
    public int PatienceMs { get; init; } = Timing.PatienceMs;

    /// <summary>How long it waits in any case, in milliseconds.</summary>
    public int WaitMaxMs { get; init; } = Timing.WaitMaxMs;
}
