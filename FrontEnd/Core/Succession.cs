using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Core;

/// <summary>Who may become primary, and with whom. Any member is safe; the most up-to-date log guards against a disk that lies.</summary>
internal static class Succession
{
    /// <summary>
    /// Promotes the candidate with the greatest last position, then the first in the queue. Members: those that answer, without
    /// <paramref name="unwanted"/>, filled up to k with the others, since a view never has fewer. Null without a candidate.
    /// </summary>
    public static ViewChange? Promote(
        Now now, View view, LocateReplicas replicas, IReadOnlyList<Member> unwanted, string reason, Func<LocatedReplica, bool>? mayLead = null)
    {
        var answering = new List<LocatedReplica>();
        foreach (Member member in view.Members)
        {
            if (!unwanted.Contains(member) && replicas.FindAnswering(now, member) is { } replica)
                answering.Add(replica);
        }

        LocatedReplica? best = answering
            .Where(r => mayLead?.Invoke(r) ?? true)
            .OrderByDescending(r => r.Report!.Value.Last)
            .ThenBy(r => r.QueueOrder)
            .FirstOrDefault();
        if (best is null)
            return null;

        var chosen = answering.Select(r => r.Member).ToList();
        foreach (Member silent in view.Members.Except(chosen).OrderBy(m => unwanted.Contains(m)))
        {
            if (chosen.Count < view.MinReplicas)
                chosen.Add(silent);
        }

        return ViewChange.Promote(view, best.Id, [.. view.Members.Where(chosen.Contains)], $"promoting {best.Id}: {reason}");
    }
}
