using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;

namespace JustHungry.Server.Replication;

/// <summary>The sizes and times of replication. The defaults are what a server runs with; the simulator makes them tiny.</summary>
internal sealed record ReplicaOptions
{
    /// <summary>Entries gathered into one batch: one frame, one row.</summary>
    public int BatchBytesMax { get; init; } = FrameLimits.PayloadBytesMax / 2;

    /// <summary>What may be on its way to one follower unacknowledged.</summary>
    public int WindowBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>What may wait for its commit before requests are answered Overloaded.</summary>
    public int UncommittedBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// What may wait to leave for one front end before it gets no more answers to retrievals, but Overloaded: with the one that passes it,
    /// a heartbeat behind it is 25 ms late at 1 Gbit/s, and a step makes no more of them than that.
    /// </summary>
    public int UnsentAnswersMax { get; init; } = 2 * FrameLimits.DaemonBytesMax;

    /// <summary>How much of the log is kept below the checkpoint, so that a replica that was away for a moment needs no state transfer.</summary>
    public int LogTailBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// A checkpoint begins when so many entries have been committed since the last: 45 MiB of orders in memory, half a second to apply
    /// again after a start. Fewer cost more, since each writes the answers of the users who ordered meanwhile…
    /// </summary>
    public int CheckpointEntries { get; init; } = 200_000;

    /// <summary>…or so long after it, in milliseconds, if any were.</summary>
    public int CheckpointMs { get; init; } = 2_000;

    /// <summary>A spare that lacks no more entries may join: they take less than one round to send.</summary>
    public int NearlyLevelEntries { get; init; } = 5_000;

    /// <summary>Postcode look-ups that may run at once before requests are answered Overloaded.</summary>
    public int LookUpsMax { get; init; } = 1_000;

    /// <summary>Barriers that may wait at once: 4 a front end, for more front ends than anybody runs.</summary>
    public int BarriersMax { get; init; } = 1_024;

    /// <summary>A quiet stream carries an empty Append so often, in milliseconds.</summary>
    public int HeartbeatMs { get; init; } = Timing.HeartbeatMs;

    /// <summary>A peer that has brought nothing for so long is not heard, in milliseconds.</summary>
    public int SilenceMs { get; init; } = Timing.SilenceMs;

    /// <summary>A member that holds up the others for so long is reported, and again after as long, in milliseconds.</summary>
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

    /// <summary>How long after a lost connection a follower is dialled again, in milliseconds.</summary>
    public int RedialMs { get; init; } = 100;

    /// <summary>How often the name server is asked where a follower is that can't be reached, in milliseconds.</summary>
    public int LookupMs { get; init; } = 1_000;
}
