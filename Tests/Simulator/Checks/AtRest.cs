using JustHungry.Protocol.Ids;

namespace JustHungry.Simulator.Checks;

/// <summary>
/// What must hold once nobody asks for anything any more: nothing is left over from what has happened, and the name server lists those who
/// live and nobody else.
/// </summary>
internal static class AtRest
{
    /// <summary>What is left over; null: nothing.</summary>
    public static string? LeftOver(Cluster cluster)
    {
        if (cluster.FrontEnds.Find(f => f.Waiting > 0) is { } busy)
            return $"{busy.Name} still holds {busy.Waiting} requests";
        if (cluster.Replicas.Find(r => r.Core is { IsRegistered: false }) is { } unlisted)
            return $"{unlisted.Name} has no name";
        HashSet<BootId> living = [.. cluster.Replicas.Select(r => r.Boot), .. cluster.FrontEnds.Select(f => f.Boot), .. cluster.Neighbours?.Processes.Select(p => p.Boot) ?? []];
        return cluster.Names.Storage.Holders.Where(h => !living.Contains(h.Boot)).Select(h => $"{h.Name} is listed, and its process is gone").FirstOrDefault();
    }
}
