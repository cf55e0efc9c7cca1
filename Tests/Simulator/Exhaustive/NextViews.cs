using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>Every view that the register's own rules allow next, whoever proposes it.</summary>
internal static class NextViews
{
    public static List<(ProposalKind Kind, View View)> Of(View view, IReadOnlyList<SmallReplica> replicas)
    {
        List<(ProposalKind, View)> next = [];
        bool isAcked = HasAckedViewStarted(view, replicas);
        foreach (View promoted in Promotions(view, replicas))
        {
            if (Transition.IsPromote(view, Proposal(ProposalKind.Promote, view, promoted, holds: false)))
                next.Add((ProposalKind.Promote, promoted));
        }

        foreach (SmallReplica spare in replicas)
        {
            View joined = view with { Epoch = view.Epoch.Next, Joining = spare.Member };
            if (joined.IsWellFormed && Transition.IsJoin(view, Proposal(ProposalKind.Join, view, joined, holds: true)))
                next.Add((ProposalKind.Join, joined));
        }

        if (view.Joining is { } joining)
        {
            View admitted = view with { Epoch = view.Epoch.Next, Members = [.. view.Members, joining], Joining = null };
            if (Transition.IsAdmit(view, Proposal(ProposalKind.Admit, view, admitted, isAcked)))
                next.Add((ProposalKind.Admit, admitted));
        }

        return next;
    }

    private static IEnumerable<View> Promotions(View view, IReadOnlyList<SmallReplica> replicas)
    {
        for (int kept = 1; kept < 1 << replicas.Count; kept++)
        {
            List<Member> members = [.. replicas.Where(r => (kept & (1 << r.Number)) != 0).Select(r => r.Member)];
            foreach (Member primary in members)
                yield return view with { Epoch = view.Epoch.Next, Primary = primary.Id, Members = members, Joining = null };
        }
    }

    private static Propose Proposal(ProposalKind kind, View from, View to, bool holds) => new(1, kind, from.Epoch, to, from.Epoch, holds);

    /// <summary>Whether the primary of the view reports it. Once true it stays true, so the report may be of any age.</summary>
    private static bool HasAckedViewStarted(View view, IReadOnlyList<SmallReplica> replicas) =>
        replicas.Any(r => r.Core?.Views.Leading is { } leading && leading.Epoch == view.Epoch && leading.Spares(default).Any(s => s.Member == view.Joining && s.AckedViewStarted));
}
