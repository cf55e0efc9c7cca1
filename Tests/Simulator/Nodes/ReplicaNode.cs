using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.Network;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Nodes;

/// <summary>A server's process with its disk; the ledger observes both.</summary>
internal sealed class ReplicaNode : SimProcess, IReplicaDiskEvents, IReplicaHost
{
    private static readonly byte[] Opening = WriteOpening();

    private readonly ReplicaNotes _notes;
    private readonly Ledger _ledger;
    private readonly ReplicaOptions _options;
    private readonly Endpoint _nameServer;
    private readonly SimNameStorage _names;

    /// <param name="restored">Its disk, made from a copy of another; null: an empty one.</param>
    /// <param name="mark">Follows its id in the trace, if another process has that id too.</param>
    public ReplicaNode(
        SimWorld world, int number, ReplicaId id, Ledger ledger, ReplicaOptions options, NameServerNode names, DiskHealth health, DiskImage? restored = null, string mark = "")
        : base(world, $"s{id}{mark}", number)
    {
        Id = id;
        _ledger = ledger;
        _options = options;
        Health = health;
        _names = names.Storage;
        _nameServer = new Endpoint("127.0.0.1", PortOf(names.Number));
        Disk = restored ?? NewDisk();
        _notes = new ReplicaNotes(this);
    }

    public ReplicaId Id { get; }

    public string Group { get; init; } = NameRules.DefaultGroup;

    /// <summary>It is of another cluster than its group, and the ledger does not know it.</summary>
    public bool IsStranger { get; init; }

    public DiskImage Disk { get; private set; }

    public DiskHealth Health { get; }

    public Member Member => new(Id, Disk.Id);

    /// <summary>Null while the process is down.</summary>
    public ReplicaCore? Core { get; private set; }

    /// <summary>The last entry at which the ledger has looked at this run's state.</summary>
    public EntryIndex DigestedAt { get; set; }

    /// <summary>It was given a port, and listens there again after a restart.</summary>
    public bool HasFixedPort { get; set; }

    /// <summary>Replaces the disk by an empty one; the process must be down.</summary>
    public void Wipe()
    {
        Note("loses its disk");
        _ledger.Lost(Disk.Id);
        Disk = NewDisk();
    }

    /// <summary>Each of two servers that are down will start on the other's data directory.</summary>
    public void ExchangeDisks(ReplicaNode other)
    {
        Note($"is given the disk of {other.Name}");
        (Disk, other.Disk) = (other.Disk, Disk);
    }

    public void Written() => Post(now => Core!.Written(now));

    public void Checkpointed(EntryPosition at) => Post(now => Core!.Checkpointed(now, at));

    public void Loaded(ShopState shop, EntryPosition at) => Post(now => Core!.Loaded(now, shop, at));

    public void SnapshotOpened(TransferId transfer, EntryPosition at) => Post(_ => Core!.SnapshotOpened(transfer, at));

    public void SnapshotRead(TransferId transfer, ReadOnlyMemory<byte> rows, bool last) => Post(_ => Core!.SnapshotRead(transfer, rows, last));

    public void InstallStored(TransferId transfer, int nextChunk) => Post(_ => Core!.InstallStored(transfer, nextChunk));

    /// <summary>The daemon starts again on an empty disk.</summary>
    public void WasSetAside()
    {
        Kill();
        Wipe();
        World.Time.After(World.Chance.Skewed(1_000, 50_000), () =>
        {
            if (!IsTakenAway)
                Start();
        });
    }

    public void Failed(Exception error) => Exit();

    /// <summary>How many postcodes it has asked about.</summary>
    public int LooksUp { get; private set; }

    public ReadOnlyMemory<byte> OpenShop() => Opening;

    /// <summary>Simulated processes do not ask the holder; their supervisor starts them again.</summary>
    public void AskNameHolder(Registration holder) => _notes.NameTaken(holder);

    public void LookUpPostcode(ulong token, string postcode)
    {
        LooksUp++;
        PostcodeVerdict verdict =
            World.Chance.OneIn(20) ? PostcodeVerdict.Unavailable
            : postcode == Wishes.GoodPostcode ? PostcodeVerdict.Valid
            : PostcodeVerdict.Invalid;
        World.Time.After(World.Chance.Skewed(500, 400_000), InThisRun(() => Post(now => Core!.PostcodeAnswered(now, token, verdict))));
    }

    protected override bool KeepsPort => HasFixedPort;

    protected override ICore Begin(Now now)
    {
        // An earlier run of this replica may still hold the name; the daemon would ask its endpoint and find it dead.
        BootId earlier = _names.HolderOf(NameRules.Replica(Group, Id));
        RecoveredDisk recovered = Disk.Open();
        var disk = new SimReplicaDisk(this, Disk, Health, this);
        Core = new ReplicaCore(
            new ReplicaIdentity(Id, new BootId(World.Chance.Id()), Group, Endpoint, _nameServer, earlier), recovered, _options, this, disk, this, _notes);
        DigestedAt = EntryIndex.None;
        Core.Start(now);
        if (World.NowUs < Health.FullUntilUs)
            World.Time.After(World.Chance.Skewed(1_000, 100_000), InThisRun(Exit)); // a start writes, and can't
        return Core;
    }

    protected override void Stops(Now now) => Core!.Resign();

    protected override void Ended(bool losesPower)
    {
        Core = null;
        if (losesPower)
            Disk.LosePower(World.Chance);
    }

    protected override void Stepped()
    {
        if (!IsStranger)
            _ledger.Saw(this);
    }

    protected override void Sends<T>(SimSocket socket, ulong correlation, in T message)
    {
        if (message is not Append append)
            return;
        if (IsStranger)
            throw new ViolationException($"{Name}, of another cluster, sends entries to {socket.Other!.Owner.Name}");
        if (append.Count > 0 && append.BatchEpoch == append.Epoch)
            _ledger.Appends(Name, Starts, append.Epoch);
    }

    private DiskImage NewDisk()
    {
        var disk = new DiskImage(new DiskId(World.Chance.Id()), _ledger);
        _ledger.Use(disk);
        return disk;
    }

    private static byte[] WriteOpening()
    {
        var output = new ArrayBufferWriter<byte>();
        (ShopOpening.Sample with { OwnerKey = KeyHash.Of(ShopOwner.Key) }).WriteTo(new EffectWriter(output));
        return output.WrittenSpan.ToArray();
    }
}
