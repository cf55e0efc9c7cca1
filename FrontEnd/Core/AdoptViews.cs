using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>Takes each later view that anybody tells of into force, and points the relay at its primary while that leads.</summary>
internal sealed class AdoptViews(ViewInForce inForce, LocateReplicas replicas, Relay relay, IFrontEndEvents events)
{
    /// <param name="reason">Why this front end made the view; null if it did not.</param>
    public void Adopt(View view, bool isFromNameServer, string? reason = null)
    {
        View? previous = inForce.View;
        bool isNew = inForce.TryAdopt(view, isFromNameServer, out bool conflicts);
        if (conflicts)
            events.ViewConflicts(previous!, view);
        if (!isNew)
            return;

        events.ViewChanged(previous, view, reason);
        PointRelay();
    }

    public void SetHealth(GroupHealth health)
    {
        if (health == inForce.Health)
            return;

        inForce.Health = health;
        events.HealthChanged(health);
    }

    /// <summary>The relay works with the primary of the view in force while that leads, and with nobody otherwise.</summary>
    public void PointRelay()
    {
        if (replicas.Primary is { IsOpen: true } primary && primary.LeadsIn == inForce.Epoch)
            relay.Serve(primary.Connection, inForce.Epoch);
        else
            relay.Detach();
    }
}
