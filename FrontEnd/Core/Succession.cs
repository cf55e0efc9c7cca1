using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Chooses the next primary and its members. Any member would be safe; choosing the most up-to-date log guards against a disk that lies.
/// </summary>
internal sealed class Succession(ReplicaDirectory replicas, Blame blame)
{
    /// <summary>
    /// Promotes the candidate with the greatest last position; among equals, one that has not caused a view change lately, and then the
    /// first in the queue. The members are those that answer, without <paramref name="unwanted"/>, filled up to k with the others, since
    /// a view never has fewer. Null if there is no candidate.
    /// </summary>
    /// <param name="unwanted">The members to leave out. If there are too few others, the last of these is the last to be taken.</param>
    public ViewChange? Promote(Now now, View view, IReadOnlyList<Member> unwanted, string reason, Func<LocatedReplica, bool>? mayLead = null)
    {
        var answering = new List<LocatedReplica>();
        foreach (Member member in view.Members)
        {
            if (!unwanted.Contains(member) && replicas.FindAnswering(now, member) is { } replica)
                answering.Add(replica);
        }

        IEnumerable<LocatedReplica> candidates = answering
            .Where(r => mayLead?.Invoke(r) ?? true)
            .OrderByDescending(r => r.Report!.Value.Last)
            .ThenBy(r => blame.IsOn(now, r.Member))
            .ThenBy(r => r.QueueOrder);
        foreach (LocatedReplica best in candidates)
        {
            Member[] members = ChooseMembers(view, answering, [.. unwanted], best.Member);
            if (members.Length >= Math.Min(view.MinReplicas, view.Members.Count))
                return ViewChange.Promote(view, best.Id, members, $"promoting {best.Id}: {reason}");
        }

        return null;
    }

    private static Member[] ChooseMembers(View view, IEnumerable<LocatedReplica> answering, List<Member> unwanted, Member primary)
    {
        // A view names its primary by id alone, so a member with the same id and an older disk can't stay beside it.
        Member[] eligible = [.. view.Members.Where(m => m == primary || m.Id != primary.Id)];
        var chosen = answering.Select(r => r.Member).Where(eligible.Contains).ToList();
        foreach (Member silent in eligible.Except(chosen).OrderBy(unwanted.IndexOf).ToList())
        {
            if (chosen.Count < view.MinReplicas)
                chosen.Add(silent);
        }

        return [.. eligible.Where(chosen.Contains)];
    }
}
