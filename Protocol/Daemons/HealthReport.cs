using JustHungry.Protocol.Health;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// What a daemon says at /healthz and /readyz: when its loop last answered, and its verdict on the shop. Written in the loop once a second,
/// read by any thread.
/// </summary>
public sealed class HealthReport(TimeProvider time)
{
    /// <summary>A loop that has not answered for this long hangs: five times what passes between two answers, for a busy machine.</summary>
    public static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(5);

    private long _answered = time.GetTimestamp();
    private Verdict _verdict = Verdict.Ok;

    /// <summary>The loop answers.</summary>
    public void Answered() => Volatile.Write(ref _answered, time.GetTimestamp());

    public void Report(Verdict verdict) => Volatile.Write(ref _verdict, verdict);

    /// <summary>For /healthz: 200 while the process works, whatever the shop does; what restarts processes asks for this.</summary>
    public (int Status, string Text) Live() => time.GetElapsedTime(Volatile.Read(ref _answered)) is var silent && silent > AnswersWithin
        ? (503, $"HANGS: nothing was done for {silent.TotalSeconds:0} s")
        : (200, Volatile.Read(ref _verdict).ToString());

    /// <summary>For /readyz: 503 while no orders are taken; what sends users somewhere asks for this.</summary>
    public (int Status, string Text) Ready() =>
        Live() is { Status: 503 } hangs ? hangs : Volatile.Read(ref _verdict) is var verdict && verdict.TakesOrders ? (200, verdict.ToString()) : (503, verdict.ToString());
}
