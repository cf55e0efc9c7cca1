using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// One group's view: a compare-and-swap register that knows which changes are legal (PROTOCOL.md's table of kinds). Pure and owned
/// by <see cref="NameServerCore"/>, which makes a view durable before <see cref="Adopt"/>. Its one rule: the next view's epoch is
/// the current one's + 1, and its proposer knew the current one.
/// </summary>
internal sealed class ViewRegister(string group)
{
    private Epoch _latestAdopted;

    /// <summary>The view in force, with the proposal that made it.</summary>
    public StoredView? Last { get; private set; }

    public View? View => Last?.View;

    /// <summary>The view is on the disk: it is in force from now on. Null: the storage has lost it.</summary>
    public void Adopt(StoredView? made) => Last = made;

    /// <summary>
    /// Remembers what a replica has adopted, even after the replica has gone: an epoch later than the register's remains a reason for
    /// repair.
    /// </summary>
    public void Notice(Registration replica)
    {
        if (replica.Cluster == View?.Cluster && replica.Adopted > _latestAdopted)
            _latestAdopted = replica.Adopted;
    }

    /// <summary>Whether the register agrees with what the group's replicas say.</summary>
    public GroupHealth Health(IReadOnlyList<NameEntry> replicas)
    {
        ClusterId cluster = View?.Cluster ?? ClusterId.None;
        Epoch latest = _latestAdopted;
        foreach (Registration replica in replicas.Select(e => e.Registration).Where(r => r.Cluster != ClusterId.None))
        {
            if (cluster != ClusterId.None && replica.Cluster != cluster)
                return GroupHealth.TwoClusters;

            cluster = replica.Cluster;
            if (replica.Adopted > latest)
                latest = replica.Adopted;
        }

        return View is null ? (cluster == ClusterId.None ? GroupHealth.Healthy : GroupHealth.RegisterLost)
            : latest > View.Epoch ? GroupHealth.RegisterBehind
            : GroupHealth.Healthy;
    }

    /// <summary>Whether a proposal may become the view. Changes nothing.</summary>
    /// <param name="replicas">The replicas registered for the group now, front of the queue first.</param>
    /// <param name="upMs">How long the name server has been up.</param>
    public ProposalOutcome Judge(in Propose proposal, IReadOnlyList<NameEntry> replicas, long upMs)
    {
        if (IsRepetition(proposal))
            return ProposalOutcome.Accepted;
        if (proposal.ProposalId == UInt128.Zero || proposal.View.Group != group || !proposal.View.IsWellFormed)
            return ProposalOutcome.Illegal;

        GroupHealth health = Health(replicas);
        if (health == GroupHealth.TwoClusters)
            return ProposalOutcome.TwoClusters;
        if (health == GroupHealth.RegisterBehind)
            Rare.Reached(RareBranch.RegisterBehind);
        bool needsRepair = health is GroupHealth.RegisterLost or GroupHealth.RegisterBehind;
        if (needsRepair && proposal.Kind != ProposalKind.Repair)
            return ProposalOutcome.NeedsRepair;
        if (proposal.Expected != (View?.Epoch ?? Epoch.None))
            return ProposalOutcome.LostRace;
        if (!IsReady(replicas, upMs))
            return ProposalOutcome.TooEarly;
        if (proposal.Kind == ProposalKind.Repair)
            return needsRepair && IsRepair(proposal, replicas) ? ProposalOutcome.Accepted : ProposalOutcome.Illegal;

        return View is null ? JudgeBootstrap(proposal, replicas) : JudgeChange(View, proposal, replicas);
    }

    /// <summary>The proposal that made the view in force has come again, because its answer was lost.</summary>
    public bool IsRepetition(in Propose proposal) => Last is not null && Last.ProposalId == proposal.ProposalId;

    private static ProposalOutcome JudgeBootstrap(in Propose proposal, IReadOnlyList<NameEntry> replicas)
    {
        if (proposal.Kind != ProposalKind.Bootstrap || !Transition.IsBootstrap(proposal))
            return ProposalOutcome.Illegal;

        // The group is healthy and has no view, so no registered replica belongs to a cluster: all of them are new.
        View view = proposal.View;
        if (!view.Members.All(m => IsRegistered(m, replicas)))
            return ProposalOutcome.NotRegistered;
        Member front = replicas.Select(e => e.Replica!.Member).First(view.IsMember);
        return view.IsPrimary(front) ? ProposalOutcome.Accepted : ProposalOutcome.Illegal;
    }

    private static ProposalOutcome JudgeChange(View current, in Propose proposal, IReadOnlyList<NameEntry> replicas)
    {
        bool legal = proposal.Kind switch
        {
            ProposalKind.Promote => Transition.IsPromote(current, proposal),
            ProposalKind.Join => Transition.IsJoin(current, proposal),
            ProposalKind.Admit => Transition.IsAdmit(current, proposal),
            ProposalKind.Unclean => Transition.IsUnclean(current, proposal),
            _ => false,
        };
        if (!legal)
            return ProposalOutcome.Illegal;

        return proposal.Kind switch
        {
            ProposalKind.Join when !IsRegistered(proposal.View.Joining!.Value, replicas) => ProposalOutcome.NotRegistered,
            ProposalKind.Unclean when !IsRegistered(proposal.View.Members[0], replicas, current.Cluster) => ProposalOutcome.NotRegistered,
            _ => ProposalOutcome.Accepted,
        };
    }

    /// <summary>
    /// After a start the register may turn out to be an old copy, so nothing changes until every member has said which epoch it adopted, or
    /// has had time to.
    /// </summary>
    private bool IsReady(IReadOnlyList<NameEntry> replicas, long upMs) =>
        upMs >= Timing.GatherMs || (View is not null && View.Members.All(m => replicas.Any(e => e.HasCalled && e.Replica!.Member == m)));

    private bool IsRepair(in Propose proposal, IReadOnlyList<NameEntry> replicas)
    {
        ClusterId cluster = proposal.View.Cluster;
        Epoch latest = replicas.Select(e => e.Registration).Where(r => r.Cluster == cluster).Select(r => r.Adopted).DefaultIfEmpty().Max();
        return proposal.View.Epoch > _latestAdopted && Transition.IsRepair(View, latest, proposal) &&
            (proposal.View.Required.All(m => HasCalledWith(m, latest, replicas)) || IsUncleanRepair(proposal.View, replicas));
    }

    /// <summary>
    /// An absent member may know a later view and hold its orders, so one replica goes on alone, and the loss is counted.
    /// </summary>
    private bool IsUncleanRepair(View repaired, IReadOnlyList<NameEntry> replicas) =>
        repaired.Members.Count == 1 && repaired.Joining is null && repaired.DataLoss > (View?.DataLoss ?? 0) &&
        IsRegistered(repaired.Members[0], replicas, repaired.Cluster);

    private static bool HasCalledWith(Member member, Epoch adopted, IReadOnlyList<NameEntry> replicas) =>
        replicas.Any(e => e.HasCalled && e.Replica!.Member == member && e.Registration.Adopted == adopted);

    private static bool IsRegistered(Member member, IReadOnlyList<NameEntry> replicas) => replicas.Any(e => e.Replica!.Member == member);

    private static bool IsRegistered(Member member, IReadOnlyList<NameEntry> replicas, ClusterId cluster) =>
        replicas.Any(e => e.Replica!.Member == member && e.Registration.Cluster == cluster);
}
