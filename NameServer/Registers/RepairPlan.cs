using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// The view that a repair proposes, given what the replicas answer. If every replica that the latest view requires answers with that view,
/// no later view has served: its members would be among these replicas, or would have been admitted by a primary that is one of them. Then
/// all of them are kept. Otherwise the absent ones may hold orders that these lack: one replica goes on alone, and the loss is counted. The
/// same holds if the register's own view is of another lineage, whose orders are given up.
/// </summary>
/// <param name="View">The view to propose. It begins a lineage, so a replica that it leaves out starts again from an empty disk.</param>
/// <param name="Missing">The replicas that the latest view requires and that did not answer with it.</param>
/// <param name="GivenUp">The register's own view, if it is of another lineage than the latest.</param>
internal sealed record RepairPlan(View View, IReadOnlyList<Member> Missing, View? GivenUp)
{
    /// <summary>Nothing that the register or any of these replicas knows of is given up.</summary>
    public bool KeepsMembers => Missing.Count == 0 && GivenUp is null;

    /// <summary>Null if nobody answers with a view.</summary>
    /// <param name="current">The register's own view, if it has one.</param>
    public static RepairPlan? Of(View? current, IReadOnlyList<StatusReport> answers, UInt128 proposalId)
    {
        if (answers.Select(a => a.View).OfType<View>().MaxBy(v => v.Epoch) is not { } latest)
            return null;

        List<StatusReport> level = [.. answers.Where(a => a.View is { } view && view.HasSameContentAs(latest) && latest.IsRequired(a.Self))];
        List<Member> missing = [.. latest.Required.Where(m => level.TrueForAll(a => a.Self != m))];
        var epoch = new Epoch(latest.Epoch.Value + Transition.RepairStep);
        View next = latest with
        {
            Epoch = epoch,
            DataLoss = Math.Max(latest.DataLoss, current?.DataLoss ?? 0),
            Lineage = new Lineage(proposalId, epoch),
        };
        View? givenUp = current?.Lineage == latest.Lineage ? null : current;
        if (missing.Count == 0 && givenUp is null)
            return new RepairPlan(next with { Primary = Furthest(latest, level.Where(a => latest.IsMember(a.Self))).Id }, missing, givenUp);

        // If only spares know the latest view, replicas that know an earlier one of its lineage may hold more than they do.
        Member alone = Furthest(latest, level.Count > 0 ? level : answers.Where(a => a.View?.Lineage == latest.Lineage));
        return new RepairPlan(next with { Primary = alone.Id, Members = [alone], Joining = null, DataLoss = next.DataLoss + 1 }, missing, givenUp);
    }

    /// <summary>The replica with the longest log; on a tie, the latest view's primary.</summary>
    private static Member Furthest(View latest, IEnumerable<StatusReport> among) =>
        among.OrderByDescending(a => a.Last).ThenByDescending(a => latest.IsPrimary(a.Self)).First().Self;
}
