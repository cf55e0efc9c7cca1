using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.NameServer.Registers;

/// <summary>One name as it stands now. Immutable: a renewal makes a new entry with the same order.</summary>
/// <param name="Order">Rises with every name recorded, and stays the same while the name is held; names are listed in this order.</param>
/// <param name="LapsesMs">When the lease ends; null if it does not.</param>
/// <param name="HasCalled">Its process has registered since the name server started; false for a name known only from the storage.</param>
/// <param name="Replica">Null for names that don't belong to a replica.</param>
internal sealed record NameEntry(Registration Registration, long Order, long? LapsesMs, bool HasCalled, ReplicaTag? Replica)
{
    public static NameEntry Create(StoredName stored, long? lapsesMs) =>
        new(stored.Registration, stored.Order, lapsesMs, stored.HasCalled, ReplicaTag.Of(stored.Registration));
}

/// <summary>Which replica of which group a registration is for, as its metadata says (the name does not matter).</summary>
internal sealed record ReplicaTag(string Group, Member Member)
{
    public static ReplicaTag? Of(Registration registration)
    {
        if (registration.Disk == DiskId.None || !registration.Metadata.Contains(NameRules.BackendMetadata))
            return null;

        string prefix = NameRules.GroupMetadata("");
        string? group = registration.Metadata.FirstOrDefault(m => m.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
        return NameRules.IsGroup(group) && NameRules.TryReadId(registration.Metadata) is { } id ? new ReplicaTag(group!, new Member(id, registration.Disk)) : null;
    }
}
