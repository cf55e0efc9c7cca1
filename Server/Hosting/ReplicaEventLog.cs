using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Hosting;

/// <summary>Writes what the core tells to the log, and lets the daemon know what it must act on.</summary>
internal sealed class ReplicaEventLog(ILogger log, ServerMetrics metrics, Action<Registration> nameTaken, Action<Registration> nameHeld) : IReplicaEvents
{
    public void Adopted(View view, ReplicaRole role)
    {
        metrics.ViewAdopted(role);
        Log.Adopted(log, view.Epoch, role, view);
    }

    public void Leads(Epoch epoch, EntryIndex viewStarted) => Log.Leads(log, epoch, viewStarted);

    public void SteppedDown(Epoch epoch, Epoch later) => Log.SteppedDown(log, epoch, later);

    public void FollowerLevel(Member follower, EntryIndex match) => Log.FollowerLevel(log, follower.Id, match);

    public void Stalled(Epoch epoch, StalledMember member)
    {
        if (member.Reason == StallReason.LostEntries)
            Log.LostEntries(log, epoch, member.Member.Id);
        else
            Log.Stalled(log, epoch, member.Member.Id, member.Reason);
    }

    public void TransferBegun(Member spare, EntryPosition at) => Log.TransferBegun(log, spare.Id, at);

    public void TransferEnded(Member spare, int chunks) => Log.TransferEnded(log, spare.Id, chunks);

    public void InstallBegun(EntryPosition at) => Log.InstallBegun(log, at);

    public void InstallEnded(EntryPosition at) => Log.InstallEnded(log, at);

    public void ConflictingView(View adopted, View other) => Log.ConflictingView(log, adopted, other);

    public void GroupHealthChanged(GroupHealth health)
    {
        if (health == GroupHealth.Healthy)
            Log.RegisterHealthy(log);
        else
            Log.RegisterNotHealthy(log, health);
    }

    public void NameServerReached() => Log.NameServerReached(log);

    public void NameServerLost() => Log.NameServerLost(log);

    public void NameTaken(Registration holder) => nameTaken(holder);

    public void NameHeld(Registration holder) => nameHeld(holder);

    public void MustSetAside(View view, EntryPosition last) => Log.MustSetAside(log, view.DataLoss, view.Primary, last);
}
