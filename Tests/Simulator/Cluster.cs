using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Names;
using JustHungry.Server.Copying;
using JustHungry.Simulator.Chaos;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.Faults;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator;

/// <summary>All processes of one schedule: a name server, replicas, front ends and users.</summary>
internal sealed class Cluster
{
    private const int FirstFrontEnd = 1;
    private const int FirstUser = 10;

    /// <summary>
    /// Replicas come last, because operators may add any number of them: no two processes have the same number, and so the same port.
    /// </summary>
    private const int FirstReplica = 20;

    /// <summary>A lease of the slowest clock, and time for those who were cut off to come back.</summary>
    private const long LeaseUs = (Timing.LeaseMs + 3_000) * 1_000L;

    private readonly Plan _plan;
    private int _lastReplica;
    private long? _calmSinceUs;

    public Cluster(SimWorld world, Plan plan)
    {
        World = world;
        _plan = plan;
        world.Network.UsualDelayMostUs = plan.DelayMostUs;
        world.Network.Buffers = plan.Buffers;
        Ledger = new Ledger(world);
        History = new History(world);
        Ledger.History = History;
        Names = Tuned(new NameServerNode(world, 0, new SimNameStorage(Ledger, world.Chance) { NameRemoved = CheckRemoval }));
        for (int i = 0; i < plan.Replicas; i++)
            AddReplica();
        for (int i = 0; i < plan.FrontEnds; i++)
            FrontEnds.Add(NewFrontEnd(i, isChaotic: i < plan.ChaoticFrontEnds));
        for (int i = 0; i < plan.Users; i++)
            AddUser(i);
    }

    public SimWorld World { get; }

    public Ledger Ledger { get; }

    public History History { get; }

    public NameServerNode Names { get; }

    /// <summary>The replicas that an operator has not removed.</summary>
    public List<ReplicaNode> Replicas { get; } = [];

    public List<FrontEndNode> FrontEnds { get; } = [];

    /// <summary>The users' processes: one or two of each.</summary>
    public List<UserNode> Users { get; } = [];

    /// <summary>By their indexes in the history.</summary>
    public IReadOnlyList<UserId> UserIds => [.. Users.Select(u => u.Profile.Id).Distinct()];

    /// <summary>The faults are over: even chaotic front ends now change views only when a replica is missing.</summary>
    public bool IsCalm
    {
        get => _calmSinceUs is not null;
        set => _calmSinceUs = value ? World.NowUs : null;
    }

    public IEnumerable<SimProcess> Processes => [Names, .. Replicas, .. FrontEnds, .. Users, .. Neighbours?.Processes ?? []];

    /// <summary>Another group at the same name server, if there is one.</summary>
    public NeighbourGroup? Neighbours { get; set; }

    public Endpoint NameServer => new("127.0.0.1", SimProcess.PortOf(Names.Number));

    /// <summary>
    /// Once everything is at rest: all but the updates that are in nobody's log. They had no effect, and the fewer such updates there are,
    /// the shorter is the search for a linearization.
    /// </summary>
    public IReadOnlyList<Operation> HistoryAtRest =>
        [.. History.Operations.Where(o => o.IsAnswered || !o.IsUpdate || Ledger.HasCommitted(UserIds[o.User], o.Sequence, o.RequestId))];

    /// <summary>Every user has a last order, which must be answered.</summary>
    public void Conclude()
    {
        foreach (UserPlan plan in Users.Select(u => u.Plan).Distinct())
            plan.Conclude();
        Neighbours?.Conclude();
    }

    public ReplicaNode AddReplica()
    {
        int number = FirstReplica + _lastReplica++;
        var replica = new ReplicaNode(World, number, new ReplicaId(_lastReplica.ToString()), Ledger, _plan.Options, Names, new DiskHealth(_plan.SyncMostUs, _plan.DiskPieces));
        Replicas.Add(Tuned(replica));
        return replica;
    }

    /// <summary>A server of this group's name that stands on a restored copy, and so is of another cluster.</summary>
    public ReplicaNode? NewStranger(ReplicaNode copied)
    {
        int number = FirstReplica + _lastReplica++;
        var id = new ReplicaId(_lastReplica.ToString());
        var cluster = new ClusterId(World.Chance.Id());
        DiskImage? restored = copied.Disk.Restored(
            new DiskId(World.Chance.Id()), Nobody.Watching, found => RestoreCommand.BeginAnew(NameRules.DefaultGroup, id, found, cluster));
        return restored is null ? null
            : Tuned(new ReplicaNode(World, number, id, Ledger, _plan.Options, Names, new DiskHealth(_plan.SyncMostUs, _plan.DiskPieces), restored) { IsStranger = true });
    }

    /// <summary>Whether a replica's disk may be lost without losing what the members of a view must keep.</summary>
    public bool MayLoseDisk(ReplicaNode replica)
    {
        if (Ledger.View is not { } view)
            return false;
        DiskId disk = replica.Disk.Id; // which may be another server's
        int lost = view.Members.Append(view.Joining ?? replica.Member).Count(m => m.Disk == disk || !IsInPlace(m));
        return !view.Required.Any(m => m.Disk == disk) || lost < Math.Min(view.MinReplicas, view.Members.Count);
    }

    /// <summary>A server of that id stands on that disk.</summary>
    public bool IsInPlace(Member member) => !Ledger.IsWiped(member) && Replicas.Exists(r => r.Member == member);

    private FrontEndNode NewFrontEnd(int i, bool isChaotic) => Tuned(new FrontEndNode(
        World, FirstFrontEnd + i, (isChaotic ? "chaos" : "fe") + i, Ledger,
        node => isChaotic
            ? new ChaoticFrontEnd(node, NameServer, _plan.MinReplicas, () => IsCalm)
            : new FrontEndCore(node, Settings(node), new BootId(World.Chance.Id()), World.Chance.Id, new FrontEndNotes(node))));

    /// <summary>If replicas are missing, front ends wait instead of exiting, which the end-to-end tests cover.</summary>
    private FrontEndSettings Settings(FrontEndNode node) => new(
        NameServer, node.Endpoint, NameRules.DefaultGroup, _plan.MinReplicas, Attempts: int.MaxValue, IntervalMs: 300, ExitsWhenShort: false)
    {
        Limits = _plan.FrontEndLimits,
    };

    private void AddUser(int i)
    {
        var plan = new UserPlan
        {
            IsCli = World.Chance.OneIn(2),
            Copies = World.Chance.OneIn(4) ? 2 + World.Chance.Below(4) : 1,
            PatienceMs = World.Chance.Pick([300, 1_000, 5_000]),
            PauseMostMs = World.Chance.OneIn(6) ? 20 : _plan.PauseMostMs,
            WishesLeft = _plan.Wishes,
        };
        var profile = new UserProfile(i, World.Chance);
        int processes = plan.IsCli && World.Chance.OneIn(3) ? 2 : 1;
        for (int place = 0; place < processes; place++)
            Users.Add(Tuned(new UserNode(World, FirstUser + (2 * i) + place, profile, plan, History, () => [.. FrontEnds.Select(f => f.Endpoint)], IsStranger)));
    }

    /// <summary>A front end that lives keeps its names. (Replicas may be ill for good.)</summary>
    private void CheckRemoval(string name, BootId boot)
    {
        if (World.NowUs - _calmSinceUs > LeaseUs && FrontEnds.Find(f => f.IsUp && f.Boot == boot) is { } living)
            throw new ViolationException($"12: {living.Name} lives, and its name {name} lapses");
    }

    private bool IsStranger(ClusterId cluster) => Ledger.View is { } view && view.Cluster != cluster;

    public T Tuned<T>(T process)
        where T : SimProcess
    {
        process.Clocks = SimClock.Draw(World.Chance);
        process.TickFactor = process is NameServerNode ? 1 : _plan.TickFactor; // the name server's ticks are few
        return process;
    }
}
