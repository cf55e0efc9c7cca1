using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Simulator.Network;

namespace JustHungry.Simulator.World;

/// <summary>
/// A process: its core, driven as CoreLoop drives it (a queue of events, batches, one flush per connection after a batch), and everything
/// that can befall it: start, kill -9, loss of power, a freeze between any two effects.
/// </summary>
internal abstract partial class SimProcess(SimWorld world, string name, int number) : INetwork
{
    private const int FirstPort = 10_000;
    private const int PortsEach = 100;

    private readonly Queue<Incoming> _incoming = new();
    private readonly SortedDictionary<long, SimSocket> _sockets = [];
    private readonly List<SimSocket> _touched = [];
    private readonly List<Action> _effects = [];
    private readonly FrameWriter _frames = new();
    private ICore? _core;
    private long _run;
    private long _lastConnection;
    private long _startedUs;
    private int _nextEffect;
    private bool _isStepPlanned;
    private bool _isTickQueued;
    private bool _diesAtNextEffects;

    public string Name { get; } = name;

    /// <summary>Its place in the schedule's list of processes.</summary>
    public int Number { get; } = number;

    public SimWorld World { get; } = world;

    /// <summary>Where it listens; another port after some of its starts.</summary>
    public Endpoint Endpoint { get; private set; }

    /// <summary>Its machine has power: a connection to a dead process is refused there, not swallowed.</summary>
    public bool IsHostUp { get; private set; } = true;

    public bool IsUp => _core is not null;

    public bool IsFrozen { get; private set; }

    /// <summary>How often its Tick comes: the real period, times a factor of the schedule's, because ticks are most of its events.</summary>
    public long TickUs { get; set; } = Timing.TickMs * 1000;

    /// <summary>An operator has taken it away for good.</summary>
    public bool IsTakenAway { get; set; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>It listens at the same port in each of its runs.</summary>
    protected virtual bool KeepsPort => false;

    /// <summary>Makes the core of a new run.</summary>
    protected abstract ICore Boot(Now now);

    /// <summary>The run ended; with the power, if <paramref name="losesPower"/>.</summary>
    protected virtual void Ended(bool losesPower)
    {
    }

    /// <summary>What its daemon does at SIGTERM; nothing, if it simply ends.</summary>
    protected virtual void Stops(Now now)
    {
    }

    /// <summary>Called after each batch, before any of its effects has left.</summary>
    protected virtual void Stepped()
    {
    }

    public void Start()
    {
        if (IsUp)
            return;

        IsHostUp = true;
        IsFrozen = false;
        _run++;
        Starts++;
        _startedUs = World.NowUs;
        if (Starts == 1 || (!KeepsPort && World.Chance.OneIn(3)))
            Endpoint = new Endpoint("127.0.0.1", PortOf(Number) + ((Starts - 1) % PortsEach));
        World.Network.Listen(this, Endpoint.Port);
        World.Network.Retransmit(this);
        Note("starts");
        _core = Boot(Clock());
        PlanTick(_run);
        PlanEffects();
    }

    /// <summary>kill -9: what was sent may still arrive, the other ends hear of it, and the page cache stays.</summary>
    public void Kill() => End(losesPower: false);

    /// <summary>The process ends by itself; whoever watches over it starts it again, unless it was taken away.</summary>
    public void Exit()
    {
        Kill();
        World.Time.After(World.Chance.Skewed(50_000, 3_000_000), () =>
        {
            if (!IsTakenAway)
                Start();
        });
    }

    /// <summary>The machine's power fails: nobody hears of it, and the disk has only what was synced.</summary>
    public void LosePower() => End(losesPower: true);

    /// <summary>SIGTERM: the process begins to take its leave; who sends it decides when it is gone.</summary>
    public void AskToStop()
    {
        if (!IsUp)
            return;
        Note("is asked to stop");
        Post(Stops);
    }

    /// <summary>The next step that has effects ends between two of them, with kill -9.</summary>
    public void DieAtNextEffects() => _diesAtNextEffects = true;

    /// <summary>No fault waits for this process any more.</summary>
    public void Spare() => _diesAtNextEffects = false;

    public void Freeze()
    {
        if (!IsUp || IsFrozen)
            return;
        IsFrozen = true;
        Note("is frozen");
    }

    public void Thaw()
    {
        if (!IsUp || !IsFrozen)
            return;
        IsFrozen = false;
        Note("goes on");
        PlanEffects();
    }

    /// <summary>Where a process listens in its first run.</summary>
    public static int PortOf(int number) => FirstPort + (number * PortsEach);

    public ConnectionId NextConnectionId() => new(++_lastConnection);

    /// <summary>Puts an event of its own into the queue of this run: how disks answer.</summary>
    public void Post(Action<Now> action) => Enqueue(new Incoming(IncomingKind.Posted, Posted: action));

    /// <summary>Lets <paramref name="post"/> reach only the run that is going on now.</summary>
    public Action InThisRun(Action post)
    {
        long run = _run;
        return () =>
        {
            if (run == _run && IsUp)
                post();
        };
    }

    /// <summary>Adds an effect to the running step: it is done after the step, in order, if the process lives so long.</summary>
    public void Effect(Action effect) => _effects.Add(effect);

    public void Note(string what)
    {
        World.Trace.Mix((ulong)Number);
        World.Trace.Mix((ulong)World.NowUs);
        if (World.Trace.KeepsLines)
            World.Say(Name, what);
    }

    private Now Clock() => new((World.NowUs - _startedUs) / 1000, World.UtcSeconds);

    private void End(bool losesPower)
    {
        if (losesPower)
            IsHostUp = false;
        if (!IsUp)
            return;

        Note(losesPower ? "loses power" : "is killed");
        _core = null;
        _run++;
        _incoming.Clear();
        _effects.Clear();
        _nextEffect = 0;
        _touched.Clear();
        _isStepPlanned = false;
        _isTickQueued = false;
        _diesAtNextEffects = false;
        foreach (SimSocket socket in _sockets.Values)
            World.Network.Abandon(socket, tellsOther: !losesPower);
        _sockets.Clear();
        Ended(losesPower);
    }
}
