using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.Scenarios;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// An operator who uses the two commands that can lose orders as documented: <c>frontend promote --unclean</c> and <c>nameserver
/// repair</c>.
/// </summary>
internal sealed class Hands(Cluster cluster)
{
    private const long Second = 1_000_000;
    private const long LookAgainUs = Second / 2;

    private readonly SimWorld _world = cluster.World;
    private OperatorPuppet? _operator;
    private View? _proposed;
    private PrintedLoss? _printed;
    private bool _isLooking;

    private OperatorPuppet Operator => _operator ??= new OperatorPuppet(_world, cluster.NameServer);

    /// <summary>The operator has decided to go on with this replica's disk, and the name server has not answered yet.</summary>
    public bool AreToKeep(Member member) => _operator is { Outcome: null } && _proposed is { } view && view.IsMember(member);

    /// <summary>Promotes any replica that holds something: the others are stopped first, and start again when it leads alone.</summary>
    public void PromoteUncleanly()
    {
        if (cluster.Names.Core?.HealthOf(NameRules.DefaultGroup) != GroupHealth.Healthy || cluster.Names.Storage.View is not { } view || view.Epoch != cluster.Ledger.View?.Epoch)
            return;

        // A replica that has not yet heard of the current lineage is about to set its disk aside, so it is no candidate.
        List<ReplicaNode> candidates = [.. cluster.Replicas.Where(r =>
            r.Core is { Adopted: { } adopted } core && adopted.Lineage == view.Lineage && core.Replica.Log.Durable != EntryPosition.Start)];
        if (candidates.Count == 0)
            return;

        ReplicaNode promoted = _world.Chance.Pick(candidates);
        UInt128 proposalId = _world.Chance.Id();
        bool readsFirst = _world.Chance.OneIn(2);
        if (readsFirst)
            Read(promoted, proposalId);
        Stop(promoted);
        if (!readsFirst)
            Read(promoted, proposalId);
        View next = view with
        {
            Epoch = view.Epoch.Next,
            Primary = promoted.Id,
            Members = [promoted.Member],
            Joining = null,
            DataLoss = view.DataLoss + 1,
            Lineage = new Lineage(proposalId, view.Epoch.Next),
        };
        Propose(ProposalKind.Unclean, view.Epoch, next, proposalId);
    }

    /// <summary>
    /// Only while every replica that knows the last view can tell the name server so at once: if they were away, a restored name server
    /// could not know that it is old.
    /// </summary>
    public void LoseRegister()
    {
        if (cluster.Ledger.View is not { } view ||
            !view.Required.All(m => cluster.Replicas.Exists(r => r.Member == m && r.Core?.Adopted?.Epoch == view.Epoch)))
            return;

        cluster.Names.Kill();
        cluster.Ledger.RegisterLost();
        cluster.Names.Storage.Forget(_world.Chance.OneIn(2) ? int.MaxValue : 1 + _world.Chance.Below(3));
        foreach (ReplicaNode replica in cluster.Replicas)
        {
            _world.Network.SetCut(replica, cluster.Names, false);
            _world.Network.SetCut(cluster.Names, replica, false);
            replica.Thaw();
            replica.Start();
        }

        _world.Time.After(Second / 10, cluster.Names.Start);
        if (_isLooking)
            return;
        _isLooking = true;
        _world.Time.After(2 * Second, LookAgain);
    }

    /// <summary>Reads what the command says will be lost.</summary>
    private void Read(ReplicaNode promoted, UInt128 proposalId)
    {
        if (promoted.IsFrozen || HandOvers.Survey(cluster) is not { } survey)
            return;
        _printed = new PrintedLoss(proposalId, survey, promoted, cluster.Replicas.Where(r => r != promoted));
        cluster.Ledger.GivesUp = _printed.Check;
    }

    private void LookAgain()
    {
        if (cluster.Names.Core?.HealthOf(NameRules.DefaultGroup) is not (null or GroupHealth.Healthy))
            Repair();
        _world.Time.After(LookAgainUs, LookAgain);
    }

    /// <summary>In half of the cases the operator waits until nothing would be lost.</summary>
    private void Repair()
    {
        View? current = cluster.Names.Storage.View;
        UInt128 proposalId = _world.Chance.Id();
        List<StatusReport> answers = [.. cluster.Replicas.Where(r => r is { Core.Adopted: not null, IsFrozen: false }).Select(r => r.Core!.Views.Report(default))];
        if (RepairPlan.Of(current, answers, proposalId) is not { } plan || (!plan.KeepsMembers && !cluster.IsCalm && _world.Chance.OneIn(2)))
            return;

        if (!plan.KeepsMembers)
            Stop(cluster.Replicas.Find(r => r.Member == plan.View.Members[0])!);
        Propose(ProposalKind.Repair, current?.Epoch ?? Epoch.None, plan.View, proposalId);
    }

    private void Propose(ProposalKind kind, Epoch expected, View view, UInt128 proposalId)
    {
        _proposed = view;
        Operator.Propose(new Propose(proposalId, kind, expected, view, Epoch.None, false));
    }

    /// <summary>The others stay down until the name server has answered: these commands do not fence.</summary>
    private void Stop(ReplicaNode allBut)
    {
        foreach (ReplicaNode other in cluster.Replicas.Where(r => r != allBut))
        {
            other.Kill();
            other.IsHeldDown = true;
            _world.Time.After(_world.Chance.Between(Second / 2, 2 * Second), () => StartOnceDecided(other));
        }
    }

    private void StartOnceDecided(ReplicaNode other)
    {
        if (Operator.IsWaiting)
        {
            _world.Time.After(LookAgainUs, () => StartOnceDecided(other));
            return;
        }

        other.IsHeldDown = false;
        if (!other.IsTakenAway)
            other.Start();
    }
}
