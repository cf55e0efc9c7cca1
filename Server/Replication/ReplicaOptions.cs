using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Replication;

/// <summary>The sizes and times of replication. A server runs with the defaults; the simulator uses far smaller ones.</summary>
internal sealed record ReplicaOptions
{
    /// <summary>How many bytes of entries are gathered into one batch, which is sent in one frame and written in one record.</summary>
    public int BatchBytesMax { get; init; } = FrameLimits.PayloadBytesMax / 2;

    /// <summary>How many bytes of entries may be sent to one follower before it acknowledges them.</summary>
    public int WindowBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How many bytes of entries may be uncommitted before requests are answered Overloaded.</summary>
    public int UncommittedBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How many unsent bytes may wait for one front end before its retrievals are answered Overloaded. With the answer that passes the
    /// limit, they delay a heartbeat behind them by 25 ms at 1 Gbit/s; and one step produces no more answers than that.
    /// </summary>
    public int UnsentAnswersMax { get; init; } = 2 * FrameLimits.DaemonBytesMax;

    /// <summary>
    /// How many bytes of the log are kept below the checkpoint, so that a replica that was away briefly needs no state transfer.
    /// </summary>
    public int LogTailBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// A checkpoint begins when this many entries have been committed since the last: 45 MiB of orders in memory, which take half a second
    /// to apply again after a start. A smaller number would cost more, since each checkpoint writes the answers of all who ordered
    /// meanwhile.
    /// </summary>
    public int CheckpointEntries { get; init; } = 200_000;

    /// <summary>A checkpoint also begins this long after the last, if anything has been committed since.</summary>
    public int CheckpointMs { get; init; } = 2_000;

    /// <summary>A spare that lacks no more entries than this may join: sending them takes less than one round.</summary>
    public int NearlyLevelEntries { get; init; } = 5_000;

    /// <summary>Postcode look-ups that may run at once before requests are answered Overloaded.</summary>
    public int LookUpsMax { get; init; } = 1_000;

    /// <summary>How much the shop may hold while this replica leads.</summary>
    public ShopLimits Shop { get; init; } = ShopLimits.Usual;

    /// <summary>Barriers that may wait at once: 4 for each front end, for more front ends than anybody runs.</summary>
    public int BarriersMax { get; init; } = 1_024;

    /// <summary>How often an idle stream carries an empty Append.</summary>
    public int HeartbeatMs { get; init; } = Timing.HeartbeatMs;

    /// <summary>A peer that has sent nothing for this long counts as silent.</summary>
    public int SilenceMs { get; init; } = Timing.SilenceMs;

    /// <summary>A member that holds up the others for this long is reported, and again each time this long has passed.</summary>
    public int StallMs { get; init; } = Timing.StallMs;

    /// <summary>
    /// A connection to a follower that has brought nothing for so long is closed and dialled anew, in milliseconds; later, if what it should
    /// answer takes long to arrive.
    /// </summary>
    public int LostMs { get; init; } = Timing.LostMs;

    /// <summary>
    /// How fast a link is at least, in bytes per millisecond: 100 kB/s. The largest batch then takes 5 s, a transfer's chunk 0.7 s.
    /// </summary>
    public int ThinLinkBytesPerMs { get; init; } = 100;

    /// <summary>
    /// A state transfer that has not moved for so long is given up, in milliseconds. So long, too, it can be resumed after a lost connection.
    /// </summary>
    public int TransferStuckMs { get; init; } = 15_000;

    /// <summary>How long a spare may load what it was transferred, in milliseconds: 10⁶ orders take about 2 s, on a slow machine 10.</summary>
    public int TransferLoadMs { get; init; } = 120_000;

    /// <summary>
    /// How much of the log a state transfer keeps from being cut, before it is given up for a newer one: a million orders, made while one
    /// checkpoint was transferred.
    /// </summary>
    public int PinnedBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>How long after a lost connection a follower is dialled again; twice as long after each failure.</summary>
    public int RedialMs { get; init; } = Timing.RedialMs;

    public int RedialMaxMs { get; init; } = Timing.RedialMaxMs;

    /// <summary>How often the name server is asked where an unreachable follower is.</summary>
    public int LookupMs { get; init; } = 1_000;
}
