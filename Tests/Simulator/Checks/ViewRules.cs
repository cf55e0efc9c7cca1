using JustHungry.Protocol.Messages;

namespace JustHungry.Simulator.Checks;

/// <summary>
/// Invariant 11: which view may follow which, for each kind of proposal, written a second time, independently of the name server's code.
/// </summary>
internal static class ViewRules
{
    public static string? WhyIllegal(View from, View to, ProposalKind kind)
    {
        if ((to.Lineage != from.Lineage) != kind is ProposalKind.Repair or ProposalKind.Unclean)
            return "an operator's changes begin a lineage, and no others do";
        if (kind == ProposalKind.Repair)
            return to.Epoch > from.Epoch && to.Cluster == from.Cluster ? null : "a repair goes forward in the same cluster";
        if (to.Epoch != from.Epoch.Next)
            return "an epoch is left out";
        if (to.Cluster != from.Cluster || to.Group != from.Group || to.MinReplicas != from.MinReplicas)
            return "another cluster, group or k";
        if (to.Members.Count(m => m.Id == to.Primary) != 1)
            return "the primary is no member";

        bool sameMembers = to.Members.Count == from.Members.Count && from.Members.All(to.IsMember);
        return kind switch
        {
            ProposalKind.Promote => !to.Members.All(from.IsMember) ? "promotes from outside the members"
                : to.Joining is not null ? "keeps joining"
                : to.Members.Count < Math.Min(from.MinReplicas, from.Members.Count) ? "leaves fewer than k"
                : null,
            ProposalKind.Join => to.Primary == from.Primary && sameMembers && from.Joining is null && to.Joining is { } x && !from.IsMember(x)
                ? null : "a join changes joining alone",
            ProposalKind.Admit => to.Primary == from.Primary && from.Joining is { } j && to.Joining is null && to.IsMember(j) &&
                to.Members.Count == from.Members.Count + 1 && from.Members.All(to.IsMember)
                ? null : "an admission makes joining a member, and changes nothing else",
            ProposalKind.Unclean => to.DataLoss == from.DataLoss + 1 && to.Members.Count == 1 && to.Joining is null
                ? null : "an unclean promotion leaves one member",
            _ => "no such change of a view in force",
        };
    }
}
