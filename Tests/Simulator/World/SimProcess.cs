using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Simulator.Network;

namespace JustHungry.Simulator.World;

/// <summary>
/// A process: its core, driven as by CoreLoop (a queue of events, batches, one flush for each connection after a batch), and everything
/// that can happen to it: start, kill -9, power failure, a freeze between any two effects.
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
    private long _busyUntilUs;
    private int _workBytes;
    private int? _givenPort;

    public string Name { get; } = name;

    /// <summary>Its place in the schedule's list of processes.</summary>
    public int Number { get; } = number;

    public SimWorld World { get; } = world;

    /// <summary>Where the process listens; the port changes at some starts.</summary>
    public Endpoint Endpoint { get; private set; }

    /// <summary>Its machine has power, so that a connection to a dead process is refused rather than left unanswered.</summary>
    public bool IsHostUp { get; private set; } = true;

    public bool IsUp => _core is not null;

    /// <summary>Its running process; none while it is down.</summary>
    public BootId Boot => _core?.OwnHello().Boot ?? BootId.None;

    public bool IsFrozen { get; private set; }

    /// <summary>By what factor its ticks are rarer than its core asks for: most events of a schedule are ticks.</summary>
    public int TickFactor { get; set; } = 1;

    /// <summary>How long its steps take.</summary>
    public Load Load { get; } = new();

    /// <summary>How its clocks differ from the world's.</summary>
    public SimClock Clocks { get; set; } = SimClock.True;

    /// <summary>An operator has removed it for good.</summary>
    public bool IsTakenAway { get; set; }

    /// <summary>An operator keeps it down until something has been decided.</summary>
    public bool IsHeldDown { get; set; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>The process listens at the same port in every run.</summary>
    protected virtual bool KeepsPort => false;

    /// <summary>Creates the core of a new run.</summary>
    protected abstract ICore Begin(Now now);

    /// <summary>The run ended, because of a power failure if <paramref name="losesPower"/>.</summary>
    protected virtual void Ended(bool losesPower)
    {
    }

    /// <summary>What its daemon does at SIGTERM; nothing if it simply ends.</summary>
    protected virtual void Stops(Now now)
    {
    }

    /// <summary>Called after each batch, before any of its effects leaves.</summary>
    protected virtual void Stepped()
    {
    }

    public void Start()
    {
        if (IsUp || IsHeldDown)
            return;

        IsHostUp = true;
        IsFrozen = false;
        _run++;
        Starts++;
        _startedUs = World.NowUs;
        if (_givenPort is { } given && !World.Network.IsTaken(given, this))
            Endpoint = new Endpoint("127.0.0.1", given);
        else if (Starts == 1 || World.Network.IsTaken(Endpoint.Port, this) || (!KeepsPort && World.Chance.OneIn(3)))
            Endpoint = new Endpoint("127.0.0.1", FreePort());
        _givenPort = null;
        World.Network.Listen(this, Endpoint.Port);
        World.Network.Retransmit(this);
        Note(World.Trace.KeepsLines ? $"starts at {Endpoint}" : "starts");
        _core = Begin(Clock());
        PlanTick(_run, World.NowUs);
        PlanEffects();
    }

    /// <summary>Will listen at the next start where a process that is down has listened, since their machine gives that port to anybody.</summary>
    public void TakePlaceOf(SimProcess gone) => _givenPort = gone.Starts > 0 ? gone.Endpoint.Port : null;

    /// <summary>Its own ports in turn, but for those that another process was given.</summary>
    private int FreePort()
    {
        int port = PortOf(Number) + ((Starts - 1) % PortsEach);
        while (World.Network.IsTaken(port, this))
            port++;
        return port;
    }

    /// <summary>kill -9: what was sent may still arrive, the other ends are told, and the page cache stays.</summary>
    public void Kill() => End(losesPower: false);

    /// <summary>The process ends by itself; its supervisor starts it again, unless it was removed.</summary>
    public void Exit()
    {
        Kill();
        World.Time.After(World.Chance.Skewed(50_000, 3_000_000), () =>
        {
            if (!IsTakenAway)
                Start();
        });
    }

    /// <summary>The machine's power fails: nobody is told, and the disk has only what was synced.</summary>
    public void LosePower() => End(losesPower: true);

    /// <summary>SIGTERM: the process begins to shut down; the caller decides when it is gone.</summary>
    public void AskToStop()
    {
        if (!IsUp)
            return;
        Note("is asked to stop");
        Post(Stops);
    }

    /// <summary>The next step that has effects is cut off between two of them by kill -9.</summary>
    public void DieAtNextEffects() => _diesAtNextEffects = true;

    /// <summary>Cancels a planned death of this process.</summary>
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

    /// <summary>Puts an event into the queue of this run; disks answer in this way.</summary>
    public void Post(Action<Now> action) => Enqueue(new Incoming(IncomingKind.Posted, Posted: action));

    /// <summary>Makes <paramref name="post"/> reach only the current run.</summary>
    public Action InThisRun(Action post)
    {
        long run = _run;
        return () =>
        {
            if (run == _run && IsUp)
                post();
        };
    }

    /// <summary>
    /// Adds an effect to the running step. Effects are carried out in order after the step, if the process lives that long.
    /// </summary>
    public void Effect(Action effect) => _effects.Add(effect);

    public void Note(string what)
    {
        World.Trace.Mix((ulong)Number);
        World.Trace.Mix((ulong)World.NowUs);
        if (World.Trace.KeepsLines)
            World.Say(Name, what);
    }

    /// <summary>The running step takes so much longer: its effects leave later, and whatever comes meanwhile waits.</summary>
    public void Spend(long us) => _busyUntilUs = Math.Max(_busyUntilUs, World.NowUs) + us;

    private Now Clock() => Clocks.Read(World.NowUs - _startedUs, World.UtcMs);

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
        _busyUntilUs = 0;
        _diesAtNextEffects = false;
        foreach (SimSocket socket in _sockets.Values)
            World.Network.Abandon(socket, tellsOther: !losesPower);
        _sockets.Clear();
        Ended(losesPower);
    }
}
