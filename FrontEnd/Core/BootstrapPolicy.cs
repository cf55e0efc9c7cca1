using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Proposes a group's first view, once the name server has none and k or more replicas answer, all of them fresh. It waits a moment
/// first, so that replicas that were started together can all come in. Owned by the core.
/// </summary>
internal sealed class BootstrapPolicy(ViewInForce inForce, ReplicaDirectory replicas, FrontEndSettings settings, Func<UInt128> freshId)
{
    private readonly ClusterId _cluster = new(freshId());
    private long? _enoughSinceMs;

    public ViewChange? Consider(Now now)
    {
        if (!inForce.IsKnownMissing || inForce.Health != GroupHealth.Healthy || replicas.CountAnswering(now) < settings.MinReplicas || !AreAllFresh())
        {
            _enoughSinceMs = null;
            return null;
        }

        _enoughSinceMs ??= now.Ms;
        if (now.Ms - _enoughSinceMs < Timing.GatherMs)
            return null;

        Member[] members = [.. replicas.Replicas.Where(r => r.IsListed && ReplicaDirectory.IsAnswering(now, r)).Take(View.MembersMax).Select(r => r.Member)];
        if (members.Length < settings.MinReplicas)
            return null;

        var first = new View(_cluster, settings.Group, new Epoch(1), members[0].Id, members, null, settings.MinReplicas, 0);
        return new ViewChange(ProposalKind.Bootstrap, first, Epoch.None, $"the group's first view, of {members.Length} fresh replicas");
    }

    /// <summary>No replica of the group, answering or only registered, has ever been in a cluster.</summary>
    private bool AreAllFresh()
    {
        foreach (LocatedReplica replica in replicas.Replicas)
        {
            if (replica.Registration.Cluster != ClusterId.None)
                return false;
            if (replica.Report is { } report && (report.Cluster != ClusterId.None || report.View is not null || report.Last != EntryPosition.Start))
                return false;
        }

        return true;
    }
}
