using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// Which view may follow which, for each kind of proposal: the rules that need only the two views and the proposal's evidence.
/// <see cref="ViewRegister"/> checks who must be registered.
/// </summary>
internal static class Transition
{
    /// <summary>How far a repair raises the epoch: enough to pass every view that no replica remembers.</summary>
    public const ulong RepairStep = 1_000;

    public static bool IsBootstrap(in Propose proposal) =>
        proposal.Expected == Epoch.None && proposal.View.Epoch == Epoch.None.Next && proposal.View.Joining is null &&
        proposal.View.DataLoss == 0 && proposal.View.Lineage == Lineage.First && proposal.View.Members.Count >= proposal.View.MinReplicas;

    /// <summary>Names another primary, drops members, or gives up a join: p ∈ M' ⊆ members, |M'| ≥ k.</summary>
    /// <remarks>
    /// After an unclean promotion there are fewer than k members. Then none may be dropped, but the same primary may be promoted again, as
    /// it must be after a restart.
    /// </remarks>
    public static bool IsPromote(View current, in Propose proposal) =>
        GoesOn(current, proposal.View) && proposal.View.Joining is null &&
        proposal.View.Members.All(current.IsMember) && proposal.View.Members.Count >= Math.Min(current.MinReplicas, current.Members.Count);

    public static bool IsJoin(View current, in Propose proposal) =>
        GoesOn(current, proposal.View) && proposal.View.Primary == current.Primary &&
        current.Joining is null && proposal.View.Joining is not null && HasMembers(proposal.View, current.Members) &&
        current.Members.Count < View.MembersMax && HasEvidence(current, proposal);

    public static bool IsAdmit(View current, in Propose proposal) =>
        GoesOn(current, proposal.View) && proposal.View.Primary == current.Primary &&
        current.Joining is { } joining && proposal.View.Joining is null && HasMembers(proposal.View, [.. current.Members, joining]) &&
        HasEvidence(current, proposal);

    public static bool IsUnclean(View current, in Propose proposal) =>
        IsNext(current, proposal.View) && proposal.View.DataLoss == current.DataLoss + 1 && BeginsLineage(proposal) && proposal.View.Joining is null &&
        proposal.View.Members.Count == 1;

    public static bool IsRepair(View? current, Epoch latestAdopted, in Propose proposal) =>
        latestAdopted != Epoch.None && proposal.View.Epoch.Value == latestAdopted.Value + RepairStep && BeginsLineage(proposal) &&
        (current is null ||
            (proposal.View.Cluster == current.Cluster && proposal.View.Epoch > current.Epoch && proposal.View.DataLoss >= current.DataLoss));

    /// <summary>
    /// The evidence must be the primary's report in the current epoch; one from an earlier epoch says nothing about this one.
    /// </summary>
    private static bool HasEvidence(View current, in Propose proposal) => proposal.EvidenceHolds && proposal.EvidenceEpoch == current.Epoch;

    private static bool GoesOn(View current, View next) =>
        IsNext(current, next) && next.DataLoss == current.DataLoss && next.Lineage == current.Lineage;

    private static bool BeginsLineage(in Propose proposal) => proposal.View.Lineage == new Lineage(proposal.ProposalId, proposal.View.Epoch);

    private static bool IsNext(View current, View next) =>
        next.Epoch == current.Epoch.Next && next.Cluster == current.Cluster && next.MinReplicas == current.MinReplicas;

    private static bool HasMembers(View view, IReadOnlyList<Member> members) =>
        view.Members.Count == members.Count && members.All(view.IsMember);
}
