using JustHungry.Protocol.Health;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// What a daemon says at /healthz and /readyz: whether it starts, serves or stops, when its loop last answered, and its verdict on the shop.
/// Written by the daemon and, once a second, in its loop; read by any thread.
/// </summary>
public sealed class HealthReport(TimeProvider time)
{
    /// <summary>A loop that has not answered for this long hangs: five times what passes between two answers, for a busy machine.</summary>
    public static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(5);

    /// <summary>A process that has not ended this long after its loop hangs too, at its disk for instance.</summary>
    public static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Phase _phase = Phase.Starting;
    private long _since = time.GetTimestamp(); // when it last answered, or when the phase began
    private Verdict? _verdict; // null unless it serves

    private enum Phase
    {
        /// <summary>Before its loop runs: it recovers its disk, or waits for something. That may take as long as it does; no restart helps.</summary>
        Starting,
        Serving,

        /// <summary>Its loop has ended, and the process is about to.</summary>
        Stopping,
    }

    /// <summary>It begins anew in the same process.</summary>
    public void Starts() => Enter(Phase.Starting);

    /// <summary>Its loop runs from now on, so it has to answer.</summary>
    public void Serves() => Enter(Phase.Serving);

    /// <summary>Its loop has ended.</summary>
    public void Stops() => Enter(Phase.Stopping);

    /// <summary>The loop answers.</summary>
    public void Answered()
    {
        lock (_lock)
            _since = time.GetTimestamp();
    }

    public void Report(Verdict verdict)
    {
        lock (_lock)
            _verdict = _phase == Phase.Serving ? verdict : null;
    }

    /// <summary>For /healthz: 200 while the process works, whatever the shop does; what restarts processes asks for this.</summary>
    public (int Status, string Text) Live()
    {
        lock (_lock)
        {
            TimeSpan silent = time.GetElapsedTime(_since);
            bool hangs = _phase == Phase.Serving ? silent > AnswersWithin : _phase == Phase.Stopping && silent > StopsWithin;
            return hangs ? (503, $"HANGS: nothing was done for {silent.TotalSeconds:0} s")
                : _verdict is null ? (200, $"{(_phase == Phase.Stopping ? "STOPPING" : "STARTING")}: for {silent.TotalSeconds:0} s so far")
                : (200, _verdict.ToString());
        }
    }

    /// <summary>For /readyz: 503 before it serves and while no orders are taken; what sends users somewhere asks for this.</summary>
    public (int Status, string Text) Ready()
    {
        lock (_lock)
        {
            (int status, string text) = Live();
            return (_verdict is { TakesOrders: true } ? status : 503, text);
        }
    }

    private void Enter(Phase phase)
    {
        lock (_lock)
        {
            _phase = phase;
            _since = time.GetTimestamp();
            _verdict = null;
        }
    }
}
