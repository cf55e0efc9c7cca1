using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Server.Replication;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Disk;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>
/// A replica of the small world: the real core on a disk whose syncs end when the search says so. The log is never cut, so there are no
/// transfers.
/// </summary>
internal sealed class SmallReplica(SmallWorld world, int number, DiskId disk, Ledger ledger)
    : SmallProcess(world, number, "s" + (number + 1)), IReplicaDisk, IReplicaEvents, IReplicaHost
{
    private const int FirstPort = 1_000;

    /// <summary>Nothing happens because time has passed, except a dial after a lost connection, and heartbeats, one at a time.</summary>
    private static readonly ReplicaOptions Timeless = new()
    {
        RedialMs = 0,
        RedialMaxMs = 0,
        LookupMs = 0,
        HeartbeatMs = 1,
        SilenceMs = int.MaxValue,
        StallMs = int.MaxValue,
        LostMs = int.MaxValue,
        TransferStuckMs = int.MaxValue,
        CheckpointMs = int.MaxValue,
        CheckpointEntries = int.MaxValue,
        NearlyLevelEntries = 100,
    };

    private long _nowMs;

    public ReplicaId Id { get; } = new((number + 1).ToString());

    public DiskImage Disk { get; } = new(disk, ledger);

    public Member Member => new(Id, Disk.Id);

    public Endpoint Endpoint => new("127.0.0.1", FirstPort + Number);

    public ReplicaCore? Core { get; private set; }

    /// <summary>How often its process was started.</summary>
    public int Starts { get; private set; }

    public bool IsWriting { get; private set; }

    /// <summary>The running write adopts a view whose primary is this replica, which will then dial the others.</summary>
    public bool MayBeginToLead => Disk.Log.Adopted is { } view && view.IsPrimary(Member) && view.Epoch != Core!.Adopted?.Epoch;

    public bool IsLoading { get; private set; }

    public override bool IsUp => Core is not null;

    private Now Now => new(_nowMs, 0);

    /// <summary>The number of the process at an endpoint.</summary>
    public static int NumberAt(Endpoint endpoint) => endpoint.Port - FirstPort;

    public void Start()
    {
        Starts++;
        Core = new ReplicaCore(
            new ReplicaIdentity(Id, new BootId((UInt128)(Starts + (100 * (Number + 1)))), NameRules.DefaultGroup, Endpoint, SmallWorld.NameServer, BootId.None),
            Disk.Open(), Timeless, this, this, this, this);
        Core.Start(Now);
        EndBatch();
    }

    public void End(bool losesPower)
    {
        Core = null;
        IsWriting = IsLoading = false;
        if (losesPower)
            Disk.LoseUnsynced();
        foreach (SmallEnd end in Ends.ToList())
        {
            if (losesPower)
                end.Other.Incoming.Clear();
            end.Close();
        }

        Ends.Clear();
    }

    public void Sync()
    {
        IsWriting = false;
        Disk.SyncLog();
        Core!.Written(Now);
        EndBatch();
    }

    public void Loaded()
    {
        IsLoading = false;
        Core!.Loaded(Now, Disk.Tables.Load(), Disk.Tables.At);
        EndBatch();
    }

    public void Beat()
    {
        _nowMs++;
        EndBatch();
    }

    public override Hello OwnHello() => Core!.OwnHello();

    public override void Opened(ConnectionId connection, in Hello peer)
    {
        Core!.Opened(Now, connection, peer);
        EndBatch();
    }

    public override void Received(ConnectionId connection, in Frame frame) => Core!.Received(Now, connection, frame);

    public override void Closed(ConnectionId connection) => Core!.Closed(Now, connection);

    public override void EndBatch()
    {
        Core!.Tick(Now);
        Core.BatchEnded(Now);
        Disk.KnownCommit = EntryIndex.Max(Disk.KnownCommit, Core.Replica.Log.Commit);
        if (Core.Adopted is { } view)
            ledger.Commits(Name, Disk, view, Core.Replica.Log.Commit);
    }

    public override void HashInto(StateHash hash)
    {
        hash.Enter(this);
        hash.Add((ulong)Starts);
        hash.Add(IsWriting);
        hash.Add(IsLoading);
        HashLog(hash, Disk.DurableLog);
        if (!ReferenceEquals(Disk.Log, Disk.DurableLog))
            HashLog(hash, Disk.Log);
        hash.Add(Core);
    }

    public override void Send<T>(ConnectionId connection, ulong correlation, in T message)
    {
        if (message is Append { Count: > 0 } append && append.BatchEpoch == append.Epoch)
            ledger.Appends(Name, Starts, append.Epoch);
        base.Send(connection, correlation, message);
    }

    public void Write(LogWrite write)
    {
        Disk.WriteLog(Disk.Log.After(write));
        IsWriting = true;
    }

    public void Load() => IsLoading = true;

    public ReadOnlyMemory<byte> OpenShop() => SmallShop.Opening();

    public void LookUpPostcode(ulong token, string postcode) => throw new NotSupportedException("nobody gives an address here");

    public void AskNameHolder(Registration holder) => throw new NotSupportedException("there is no name server here");

    public override bool Ignores(MessageType type) => type == MessageType.ViewAdopted;

    private static void HashLog(StateHash hash, LogImage log)
    {
        hash.Add(log.Adopted);
        foreach (LogBatch batch in log.Batches)
            hash.Add(batch);
        hash.Add(77ul);
    }
}
