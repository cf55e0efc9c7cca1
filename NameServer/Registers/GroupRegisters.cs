using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// The <see cref="ViewRegister"/> of each group that has a view, and whether it agrees with what the group's replicas registered. Owned by
/// the core.
/// </summary>
internal sealed class GroupRegisters(Registry registry, ILogger log)
{
    private readonly SortedDictionary<string, ViewRegister> _views = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, GroupHealth> _unhealthy = new(StringComparer.Ordinal);

    public int Count => _views.Count;

    /// <summary>Groups whose view can't change until an operator acts.</summary>
    public int UnhealthyCount => _unhealthy.Count;

    public void Adopt(StoredView made)
    {
        string group = made.View.Group;
        if (!_views.TryGetValue(group, out ViewRegister? register))
            _views.Add(group, register = new ViewRegister(group));
        register.Adopt(made);
    }

    /// <summary>Takes over what a shared storage holds: the views, and what all replicas say.</summary>
    public void Restore(IReadOnlyList<StoredView> views)
    {
        foreach ((string group, ViewRegister register) in _views)
        {
            if (!views.Any(v => v.View.Group == group))
                register.Adopt(null);
        }

        foreach (StoredView view in views)
            Adopt(view);
        foreach (NameEntry entry in registry.Replicas)
            Of(entry.Replica!.Group).Notice(entry.Registration);
        foreach (string group in (string[])[.. _views.Keys.Union(_unhealthy.Keys).Union(registry.Replicas.Select(e => e.Replica!.Group))])
            NoteHealth(group);
    }

    /// <summary>The register of a group; a new, empty one, which is not kept, if the group has no view.</summary>
    public ViewRegister Of(string group) => _views.GetValueOrDefault(group) ?? new ViewRegister(group);

    public List<NameEntry> ReplicasOf(string group) => [.. registry.ReplicasOf(group)];

    public GroupHealth HealthOf(string group) => Of(group).Health(ReplicasOf(group));

    /// <summary>Front ends name their group in their metadata too, so that they also hear how it stands.</summary>
    public GroupHealth HealthFor(Registration registration)
    {
        string prefix = NameRules.GroupMetadata("");
        string? group = registration.Metadata.FirstOrDefault(m => m.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
        return group is null ? GroupHealth.Healthy : HealthOf(group);
    }

    public void Notice(NameEntry entry)
    {
        if (entry.Replica is not { } replica)
            return;

        Of(replica.Group).Notice(entry.Registration);
        NoteHealth(replica.Group);
    }

    /// <summary>Logs when a group's register and its replicas begin or cease to contradict each other.</summary>
    public void NoteHealth(string group)
    {
        List<NameEntry> replicas = ReplicasOf(group);
        View? view = Of(group).View;
        GroupHealth health = Of(group).Health(replicas);
        if (health == _unhealthy.GetValueOrDefault(group))
            return;

        _unhealthy.Remove(group);
        if (health != GroupHealth.Healthy)
            _unhealthy.Add(group, health);

        Epoch adopted = replicas.Select(e => e.Registration.Adopted).DefaultIfEmpty().Max();
        switch (health)
        {
            case GroupHealth.Healthy:
                Log.HealthyAgain(log, group);
                break;
            case GroupHealth.RegisterLost:
                Log.RegisterLost(log, group, adopted);
                break;
            case GroupHealth.RegisterBehind:
                Log.RegisterBehind(log, group, adopted, view!.Epoch);
                break;
            case GroupHealth.TwoClusters:
                Log.TwoClusters(log, group);
                break;
            default:
                throw new InvalidOperationException($"no such health: {health}");
        }
    }
}
