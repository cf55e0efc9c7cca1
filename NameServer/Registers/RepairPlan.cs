using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// What a repair makes of what the replicas answer. If every replica that the latest view requires answers with that view, no later
/// one has served: a later view's members are among them, or were taken in by a primary that is one of them. Then all are kept.
/// Otherwise those that are away may hold what these lack: one goes on alone, and the loss is counted. So it is if the register's own view is of another lineage, whose orders are given up.
/// </summary>
/// <param name="View">The view to propose. It begins a lineage: whoever is no member begins anew.</param>
/// <param name="Missing">Whom the latest view requires, and who did not answer with it.</param>
/// <param name="GivenUp">The register's own view, if it is of another lineage than the latest.</param>
internal sealed record RepairPlan(View View, IReadOnlyList<Member> Missing, View? GivenUp)
{
    /// <summary>Nothing is given up that the register or any of these replicas know of.</summary>
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

        // Where only spares know the latest view, those who know an earlier one of its lineage may hold more than they.
        Member alone = Furthest(latest, level.Count > 0 ? level : answers.Where(a => a.View?.Lineage == latest.Lineage));
        return new RepairPlan(next with { Primary = alone.Id, Members = [alone], Joining = null, DataLoss = next.DataLoss + 1 }, missing, givenUp);
    }

    /// <summary>The one with the longest log; the latest primary if it is as long.</summary>
    private static Member Furthest(View latest, IEnumerable<StatusReport> among) =>
        among.OrderByDescending(a => a.Last).ThenByDescending(a => latest.IsPrimary(a.Self)).First().Self;
}
