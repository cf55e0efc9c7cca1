using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using Microsoft.Extensions.Logging;

namespace JustHungry.FrontEnd.Hosting;

/// <summary>Turns a core's events into log lines, metrics, the ready line and the daemon's end. Called in the loop only.</summary>
internal sealed class FrontEndEvents(ILogger log, FrontEndSettings settings, CoreLoop loop, FrontEndMetrics metrics) : IFrontEndEvents
{
    public DaemonEnd End { get; private set; } = DaemonEnd.Stopped;

    public void Ready() => DaemonHost.SayReady("frontend", settings.Own);

    public void Ended(int exitCode, string? message)
    {
        End = new DaemonEnd(exitCode, message);
        loop.Stop();
    }

    public void StillLooking(int attempt, int attempts, string lacking) => Log.StillLooking(log, attempt, attempts, lacking);

    public void OtherRegisterMet(OtherRegister met) => Log.OtherRegisterMet(log, met);

    public void ViewChanged(View? previous, View view, string? reason)
    {
        metrics.ViewChanged(isOwn: reason is not null);
        if (!log.IsEnabled(LogLevel.Information))
            return;

        string members = string.Join(' ', view.Members);
        string joining = view.Joining?.ToString() ?? "nobody";
        if (reason is null)
            Log.ViewAdopted(log, view.Epoch, view.Primary, members, joining);
        else if (previous?.Primary != view.Primary)
            Log.Promoted(log, view.Primary, view.Epoch, previous?.Primary.ToString() ?? "nobody", members, reason);
        else
            Log.ViewChanged(log, view.Epoch, view.Primary, members, joining, reason);
    }

    public void ProposalRefused(ViewChange change, ProposalOutcome outcome)
    {
        if (outcome is ProposalOutcome.LostRace or ProposalOutcome.TooEarly)
            Log.ProposalPostponed(log, change.Kind, change.Next.Epoch, outcome);
        else
            Log.ProposalRefused(log, change.Kind, change.Next.Epoch, change.Reason, outcome);
    }

    public void HealthChanged(GroupHealth health)
    {
        switch (health)
        {
            case GroupHealth.Healthy:
                Log.HealthRestored(log);
                break;
            case GroupHealth.TwoClusters:
                Log.TwoClusters(log, settings.Group);
                break;
            default:
                Log.NeedsRepair(log, health);
                break;
        }
    }

    public void ViewConflicts(View inForce, View other) => Log.ViewConflicts(log, inForce, other);

    public void ReplicaFound(ReplicaId replica, Endpoint endpoint) => Log.ReplicaFound(log, replica, endpoint);

    public void ReplicaLost(ReplicaId replica, Endpoint endpoint) => Log.ReplicaLost(log, replica, endpoint);

    public void EntriesLost(Epoch epoch, Member member) => Log.EntriesLost(log, member.Id, epoch);

    public void RunningShort(int answering, int needed) => Log.RunningShort(log, answering, needed);

    public void RequestTaken(RequestKind kind) => Log.RequestTaken(log, kind);

    public void RequestAnswered(RequestKind kind, AnswerCode answer) => metrics.RequestAnswered(kind, answer);

    public void BarrierSent(ulong barrier) => metrics.BarrierSent(barrier);

    public void BarrierCompleted(ulong barrier) => metrics.BarrierCompleted(barrier);
}
