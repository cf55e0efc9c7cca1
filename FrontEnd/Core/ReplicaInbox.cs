using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Handles what replicas send, asked or unasked: answers for the relay, reports, views, and notices that they are about to leave.
/// </summary>
internal sealed class ReplicaInbox(
    NameServerWatch nameServer, ViewInForce inForce, ReplicaDirectory replicas, ViewIntake views, DropPolicy drop, Relay relay, IFrontEndEvents events)
{
    private bool _isReady;

    /// <summary>True if the frame may be a reason to propose a view.</summary>
    public bool Received(Now now, LocatedReplica replica, in Frame frame)
    {
        replica.Heard = new LastHeard(now);
        switch (frame.Type)
        {
            case MessageType.Executed:
                relay.Executed(replica.Connection, frame.Correlation, frame.As<Executed>());
                return false;
            case MessageType.Propagated:
                if (relay.Propagated(now, replica.Connection, Correlations.NumberOf(frame.Correlation), frame.As<Propagated>()) && !_isReady)
                {
                    _isReady = true;
                    events.Ready();
                }

                return false;
            case MessageType.Refused:
                Refused(now, replica, frame.Correlation, frame.As<Refused>());
                break;
            case MessageType.StatusReport:
                Reported(now, replica, frame.As<StatusReport>(), (long)Correlations.NumberOf(frame.Correlation));
                break;
            case MessageType.ViewAdopted:
                replica.HasAdopted(frame.As<ViewAdopted>().Epoch);
                if (replica.Adopted == inForce.Epoch && inForce.View?.IsPrimary(replica.Member) == true)
                    replica.LeadsIn = replica.Adopted;
                break;
            case MessageType.MemberStalled:
                drop.Stalled(now, replica, frame.As<MemberStalled>());
                break;
            case MessageType.Resigning:
                replica.IsResigning = frame.As<Resigning>().Epoch == inForce.Epoch;
                break;
            case MessageType.Leaving:
                replica.IsLeaving = true;
                break;
            default:
                throw new ProtocolViolationException($"{frame.Type} from a replica");
        }

        views.PointRelay(now);
        return true;
    }

    private void Reported(Now now, LocatedReplica replica, in StatusReport report, long askedMs)
    {
        if (report.Self.Id != replica.Id || report.Self.Disk == DiskId.None)
            throw new ProtocolViolationException($"a report of {report.Self} from replica {replica.Id}");
        replica.Reported(now, report, askedMs);
        Showed(now, replica, report.View);
    }

    /// <summary>A replica has a later view, perhaps, and another front end made it.</summary>
    private void Showed(Now now, LocatedReplica replica, View? view)
    {
        if (view is null || !replica.Fits(inForce.Cluster))
            return;

        if (inForce.Believes(now, replica.Member))
            views.TakeIntoForce(now, view, isFromNameServer: false);
        else if (view.Epoch > inForce.Epoch)
            nameServer.AskNow(now);
    }

    /// <summary>A replica refused a request. Whatever the reason, the next Status, view or promotion settles it.</summary>
    private void Refused(Now now, LocatedReplica replica, ulong correlation, in Refused refused)
    {
        Question question = Correlations.QuestionOf(correlation);
        if (refused.Reason == Refusal.Overloaded)
        {
            if (question == Question.Execute)
                relay.PrimaryOverloaded(replica.Connection, correlation);
            else if (question == Question.Barrier)
                relay.BarrierRefused(now, replica.Connection, Correlations.NumberOf(correlation));
            return;
        }

        Showed(now, replica, refused.View);
        if (question is not (Question.Execute or Question.Barrier) || !relay.IsServedBy(replica.Connection))
            return;

        if (refused.Reason == Refusal.NeedView)
            replica.LacksView();
        replica.LeadsIn = Epoch.None;
        replicas.AskAll(now);
    }
}
