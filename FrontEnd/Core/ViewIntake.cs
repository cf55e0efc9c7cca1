using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>Takes each later view that anybody shows into force, and points the relay at its primary while that replica leads.</summary>
internal sealed class ViewIntake(ViewInForce inForce, ReplicaDirectory replicas, Relay relay, DropPolicy drop, IFrontEndEvents events)
{
    /// <param name="reason">Why this front end made the view; null if it did not.</param>
    public void TakeIntoForce(Now now, View view, bool isFromNameServer, string? reason = null)
    {
        View? previous = inForce.View;
        bool isNew = inForce.TryTake(view, isFromNameServer, out bool conflicts);
        if (conflicts)
            events.ViewConflicts(previous!, view);
        if (!isNew)
            return;

        events.ViewChanged(previous, view, reason);
        if (previous is not null)
            drop.ViewChanged(now, previous, view);
        PointRelay(now);
    }

    public void SetHealth(GroupHealth health)
    {
        if (health == inForce.Health)
            return;

        inForce.Health = health;
        events.HealthChanged(health);
    }

    /// <summary>The relay works with the primary of the view in force while that replica leads, and with none otherwise.</summary>
    public void PointRelay(Now now)
    {
        bool hasFailed = relay.Primary != ConnectionId.None && (replicas.Find(relay.Primary) is not { } served || !ReplicaDirectory.IsAnswering(now, served));
        if (replicas.Primary is { IsOpen: true } primary && primary.LeadsIn == inForce.Epoch)
            relay.Serve(now, primary.Connection, inForce.Epoch, hasFailed, holdsBack: inForce.View is { } view && view.Members.Count < view.MinReplicas);
        else
            relay.Detach(now, hasFailed);
    }
}
