using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Tells replicas what they lack: it sends the view in force to every replica that reports a lower epoch, and tells the primary where
/// each other replica listens. Repetition is harmless: a replica ignores a view that is not higher than its own. Owned by the core.
/// </summary>
internal sealed class Announcements(INetwork network, ViewInForce inForce, ReplicaDirectory replicas)
{
    private const int ResendMs = 500;

    public void Announce(Now now)
    {
        if (inForce.View is not { } view)
            return;

        MemberEndpoint[]? endpoints = null;
        foreach (LocatedReplica replica in replicas.Replicas)
        {
            bool lacksIt = replica is { IsOpen: true, Report: not null } && replica.Adopted < view.Epoch && replica.Fits(view.Cluster) &&
                inForce.MayBeTold(replica.Report.Value.View);
            if (!lacksIt || (replica.Announced == view.Epoch && now.Ms - replica.AnnouncedMs < ResendMs))
                continue;

            replica.Announced = view.Epoch;
            replica.AnnouncedMs = now.Ms;
            endpoints ??= replicas.Endpoints();
            network.Send(replica.Connection, Correlations.Of(Question.NewView, view.Epoch.Value), new NewView(view, endpoints));
        }
    }

    public void SyncPrimary(Now now)
    {
        if (replicas.Primary is not { IsOpen: true } primary || primary.LeadsIn != inForce.Epoch)
            return;

        foreach (LocatedReplica replica in replicas.Replicas)
        {
            var what = (primary.Connection, inForce.Epoch, replica.Member, replica.Endpoint);
            if (replica == primary || replica.Synced == what || !ReplicaDirectory.IsAnswering(now, replica) || !replica.Fits(inForce.Cluster))
                continue;

            replica.Synced = what;
            network.Send(primary.Connection, 0, new Sync(replica.Member, replica.Endpoint));
        }
    }
}
