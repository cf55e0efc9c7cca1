using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Makes spares into members, one at a time: Join when the primary reports the spare nearly level, Admit when it has acked this epoch's
/// ViewStarted. Both need a report of the current epoch, since an older one proves nothing. A replica that caused a view change has to
/// wait first. Owned by the core.
/// </summary>
internal sealed class JoinPolicy(ViewInForce inForce, ReplicaDirectory replicas, DropPolicy drop, Blame blame)
{
    public ViewChange? Consider(Now now)
    {
        if (inForce.View is not { } view || replicas.Primary is not { } primary || !ReplicaDirectory.IsAnswering(now, primary))
            return null;

        StatusReport report = primary.Report!.Value;
        if (!report.Leading || report.Adopted != view.Epoch || primary.IsResigning)
            return null;

        if (view.Joining is { } joining)
            return report.Spares.Any(s => s.Member == joining && s.AckedViewStarted) ? ViewChange.Admit(view, joining, report.Adopted) : null;

        Member? next = replicas.Replicas
            .Where(r => MayJoin(now, r, view) && report.Spares.Any(s => s.Member == r.Member && s.NearlyLevel))
            .Select(r => (Member?)r.Member)
            .FirstOrDefault();
        return next is { } spare && view.Members.Count < View.MembersMax ? ViewChange.Join(view, spare, report.Adopted) : null;
    }

    private bool MayJoin(Now now, LocatedReplica replica, View view) =>
        replica is { IsListed: true, IsLeaving: false } && ReplicaDirectory.IsAnswering(now, replica) && replica.Fits(view.Cluster) &&
        replica.Registration.Disk == replica.Member.Disk && replica.Id != view.Primary &&
        !view.IsMember(replica.Member) && !blame.IsOn(now, replica.Member, drop.NeedsSpare(view) ? Blame.NeededMs : int.MaxValue);
}
