using JustHungry.FrontEnd.Core;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Copying;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.Faults;
using JustHungry.Simulator.Scenarios;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Nodes;

/// <summary>
/// Another group at the same name server, with a shop, a user and a ledger of its own. Its servers have the ids of ours, and nothing of one
/// group may reach the other. It is begun empty, as by somebody who mistypes <c>--group</c>, or from a copy of one of our servers.
/// </summary>
internal sealed class NeighbourGroup
{
    /// <summary>Ours is the beginning of it.</summary>
    public const string Name = "JH_orders2";

    private const int First = 200; // far behind all replicas that operators may add
    private const int Operator = 180;
    private const long LookAgainUs = 500_000;

    private readonly Cluster _cluster;
    private readonly Plan _plan;
    private readonly Ledger _ledger;
    private readonly List<ReplicaNode> _replicas = [];
    private readonly FrontEndNode _frontEnd;
    private readonly UserNode _user;
    private readonly ReplicaNode? _restored;
    private int _lastProcess;
    private OperatorPuppet? _operator;

    /// <param name="copied">The server of ours from whose copy it begins; null: none.</param>
    public NeighbourGroup(Cluster cluster, Plan plan, ReplicaNode? copied)
    {
        _cluster = cluster;
        _plan = plan;
        _ledger = new Ledger(cluster.World);
        var history = new History(cluster.World) { Earlier = cluster.History };
        _ledger.History = history;
        cluster.Names.Storage.Add(Name, _ledger);
        for (int id = 1; id <= Math.Max(2, plan.MinReplicas); id++)
            _replicas.Add(NewReplica(new ReplicaId(id.ToString()), copied?.Id.Value == id.ToString() ? RestoredFrom(copied) : null));
        if (copied is not null && _replicas.TrueForAll(r => r.Id != copied.Id))
            _replicas.Add(NewReplica(copied.Id, RestoredFrom(copied)));
        _restored = copied is null ? null : _replicas.Find(r => r.Id == copied.Id);
        _frontEnd = cluster.Tuned(new FrontEndNode(
            World, First + _lastProcess++, "fe'", _ledger, node => new FrontEndCore(node, Settings(node), new BootId(World.Chance.Id()), World.Chance.Id, new FrontEndNotes(node))));
        var wishes = new UserPlan { IsCli = false, Group = Name, PatienceMs = 1_000, PauseMostMs = plan.PauseMostMs, WishesLeft = plan.Wishes };
        _user = cluster.Tuned(new UserNode(
            World, First + _lastProcess++, new UserProfile(First, World.Chance), wishes, history, () => [_frontEnd.Endpoint], static _ => false));
        if (copied is not null)
            World.Time.After(LookAgainUs, Repair);
    }

    public IReadOnlyList<ReplicaNode> Replicas => _replicas;

    /// <summary>Empty once it is gone.</summary>
    public IReadOnlyList<SimProcess> Processes => IsGone ? [] : [.. _replicas, _frontEnd, _user];

    public bool IsGone { get; private set; }

    /// <summary>Its user has done everything planned, or there is no user any more.</summary>
    public bool IsContent => IsGone || (_user.Plan.IsDone && _user.IsContent);

    private SimWorld World => _cluster.World;

    /// <summary>Can't be copied: it holds nothing that counts, or what an operator has given up.</summary>
    public static bool CanCopy(ReplicaNode replica, Ledger ledger) =>
        replica.Disk.Log is { IsInstalling: false, Adopted: { } adopted } && adopted.Lineage == ledger.View?.Lineage;

    /// <summary>
    /// As the operator's page has it, the others start once the view of the restored server is in force: a front end that finds nothing but
    /// empty servers begins an empty shop.
    /// </summary>
    public bool MayStart(SimProcess process) => _restored is null || _ledger.View is not null || process is UserNode || process == _restored;

    public void Conclude()
    {
        if (!IsGone)
            _user.Plan.Conclude();
    }

    /// <summary>Somebody has noticed, and stops all of it for good: its names are left to lapse.</summary>
    public void TakeAway()
    {
        foreach (SimProcess process in Processes)
        {
            process.IsTakenAway = true;
            process.Kill();
        }

        IsGone = true;
    }

    private ReplicaNode NewReplica(ReplicaId id, DiskImage? restored) => _cluster.Tuned(new ReplicaNode(
        World, First + _lastProcess++, id, _ledger, _plan.Options, _cluster.Names, new DiskHealth(_plan.SyncMostUs, _plan.DiskPieces), restored, mark: "'")
    {
        Group = Name,
    });

    private DiskImage RestoredFrom(ReplicaNode copied)
    {
        var cluster = new ClusterId(World.Chance.Id());
        DiskImage restored = copied.Disk.Restored(new DiskId(World.Chance.Id()), _ledger, found => RestoreCommand.BeginAnew(Name, copied.Id, found, cluster))!;
        _ledger.BeginsWith(restored, _cluster.Ledger);
        return restored;
    }

    private FrontEndSettings Settings(FrontEndNode node) => new(
        _cluster.NameServer, node.Endpoint, Name, _plan.MinReplicas, Attempts: int.MaxValue, IntervalMs: 300, ExitsWhenShort: false);

    /// <summary>The operator runs <c>nameserver repair</c> until the restored server's view is in force.</summary>
    private void Repair()
    {
        if (IsGone || _ledger.View is not null)
            return;

        World.Time.After(LookAgainUs, Repair);
        List<StatusReport> answers = [.. _replicas.Where(r => r is { Core.Adopted: not null, IsFrozen: false }).Select(r => r.Core!.Views.Report(default))];
        UInt128 proposalId = World.Chance.Id();
        if (_cluster.Names.Core?.HealthOf(Name) != GroupHealth.RegisterLost || RepairPlan.Of(null, answers, proposalId) is not { KeepsMembers: true } repair)
            return;
        _operator ??= new OperatorPuppet(World, _cluster.NameServer, Operator) { Group = Name };
        _operator.Propose(new Propose(proposalId, ProposalKind.Repair, Epoch.None, repair.View, Epoch.None, false));
    }
}
