using JustHungry.Protocol.Rpc;
using JustHungry.Simulator.World;

namespace JustHungry.Tests.Protocol.Interleaving;

/// <summary>
/// Runs all that could run at the same time in one thread, in an order that a seed decides: what waits for the pool, and calls of the sockets
/// and timers that end. Where another thread could come in between (<see cref="Point"/>), some of that may run to its end first, as if the
/// running thread had been preempted there.
/// </summary>
internal sealed class Interleaver(ulong seed) : WorkPool
{
    private const int DepthMost = 4;
    private const int StepsMost = 200_000;

    private readonly List<Action> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _depth;

    public Chance Chance { get; } = new(seed);

    public int Steps { get; private set; }

    /// <summary>How many threads were preempted.</summary>
    public int Preempted { get; private set; }

    /// <summary>Makes the order known, so that two runs can be compared.</summary>
    public ulong Hash { get; private set; } = 17;

    public bool IsIdle => _ready.Count == 0;

    public override void Queue(Action work)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("something runs in the real pool");
        _ready.Add(work);
    }

    /// <summary>Here the thread may be preempted. Never while it holds a lock.</summary>
    public void Point()
    {
        while (_depth is > 0 and < DepthMost && _ready.Count > 0 && Chance.OneIn(4))
        {
            Preempted++;
            RunOne();
        }
    }

    /// <summary>Runs until nothing is ready.</summary>
    public void Run()
    {
        while (_ready.Count > 0)
            RunOne();
    }

    public void RunOne()
    {
        if (++Steps > StepsMost)
            throw new InvalidOperationException("it goes on for ever");
        int at = Chance.Below(_ready.Count);
        Action work = _ready[at];
        _ready[at] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Hash = (Hash ^ (ulong)at ^ ((ulong)_ready.Count << 32)) * 0x100000001B3;
        _depth++;
        work();
        _depth--;
    }
}
