using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// The names, in the order in which they were first recorded. Pure and owned by <see cref="NameServerCore"/>. Its one rule: a name that a
/// live process holds goes to another process only if that one gives the holder's boot id, or uses force.
/// </summary>
internal sealed class Registry
{
    /// <summary>As many as fit in one Listed message, so that a list is always complete.</summary>
    public const int NamesMax = Listed.RegistrationsMax;

    /// <summary>
    /// All of a name's metadata, in characters: with the longest name (130 bytes on the wire), host (256), ids and numbers (75) and
    /// headers (33) a registration is below 1,024 bytes, and a thousand of them fit into a frame.
    /// </summary>
    public const int MetadataCharsMax = 512;

    /// <summary>A day: every holder of a lease must renew at least that often.</summary>
    private const int LeaseMsMax = 24 * 3600 * 1000;

    // Kept in insertion order: a name keeps its place in the queue while it is held.
    private readonly OrderedDictionary<string, NameEntry> _names = new(StringComparer.Ordinal);
    private long _lastOrder;

    public int Count => _names.Count;

    /// <summary>Takes over what the storage held; every lease starts again.</summary>
    public void Restore(long nowMs, StoredName stored)
    {
        _names.Add(stored.Registration.Name, NameEntry.Create(stored.Registration, stored.Order, nowMs, hasCalled: false));
        _lastOrder = Math.Max(_lastOrder, stored.Order);
    }

    /// <summary>Takes or renews a name.</summary>
    /// <param name="group">Whose process asks. It can't take a name of another group.</param>
    /// <param name="toStore">What has changed and must be stored; null if the lease was only renewed.</param>
    /// <returns>Null if the name is held now.</returns>
    public NameRefused? Register(long nowMs, in Register request, string group, out StoredName? toStore)
    {
        toStore = null;
        Registration wanted = request.Registration;
        if (!IsValid(wanted))
            return new NameRefused(NameRefusal.InvalidName, null);

        NameEntry? held = _names.GetValueOrDefault(wanted.Name);
        if (held is null && _names.Count >= NamesMax)
            return new NameRefused(NameRefusal.TooManyNames, null);
        if (held is not null && (!MayTake(held.Registration, request) || NameRules.IsOfAnother(group, held.Registration.Metadata)))
            return new NameRefused(NameRefusal.NameInUse, held.Registration);

        long order = held?.Order ?? ++_lastOrder;
        _names[wanted.Name] = NameEntry.Create(wanted, order, nowMs, hasCalled: true);
        if (held is null || !IsSame(held.Registration, wanted))
            toStore = new StoredName(order, wanted);
        return null;
    }

    public NameEntry? Find(string name) => _names.GetValueOrDefault(name);

    /// <summary>Removes one name, or all that begin with it, but none of another group.</summary>
    public IReadOnlyList<NameEntry> Remove(string name, bool isPrefix, string group) => RemoveWhere(e =>
        (isPrefix ? e.Registration.Name.StartsWith(name, StringComparison.Ordinal) : e.Registration.Name == name) && !NameRules.IsOfAnother(group, e.Registration.Metadata));

    /// <summary>Removes the names whose leases have ended.</summary>
    public IReadOnlyList<NameEntry> RemoveLapsed(long nowMs) => RemoveWhere(e => e.LapsesMs is { } end && nowMs >= end);

    /// <summary>Extends every lease, because nobody could renew while this process was stopped.</summary>
    public void Extend(long byMs)
    {
        for (int i = 0; i < _names.Count; i++)
        {
            NameEntry entry = _names.GetAt(i).Value;
            _names.SetAt(i, entry with { LapsesMs = entry.LapsesMs + byMs });
        }
    }

    /// <summary>The names with a prefix and with all (or any) of some metadata, in the order they were first recorded.</summary>
    public IReadOnlyList<Registration> List(in List request)
    {
        string prefix = request.Prefix;
        IReadOnlyList<string> wanted = request.Metadata;
        bool any = request.AnyMetadata;
        return
        [
            .. _names.Values.Select(e => e.Registration).Where(r =>
                r.Name.StartsWith(prefix, StringComparison.Ordinal) &&
                (wanted.Count == 0 || (any ? wanted.Any(r.Metadata.Contains) : wanted.All(r.Metadata.Contains)))),
        ];
    }

    /// <summary>The replicas registered for a group, front of the queue first.</summary>
    public IEnumerable<NameEntry> ReplicasOf(string group) => _names.Values.Where(e => e.Replica?.Group == group);

    private static bool MayTake(Registration held, in Register request) =>
        held.Boot == request.Registration.Boot || request.Always || (request.Replaces != BootId.None && request.Replaces == held.Boot);

    private static bool IsSame(Registration a, Registration b) =>
        a.Endpoint == b.Endpoint && a.Disk == b.Disk && a.Cluster == b.Cluster && a.Adopted == b.Adopted && a.Boot == b.Boot &&
        a.LeaseMs == b.LeaseMs && a.Metadata.SequenceEqual(b.Metadata);

    /// <summary>Whether a registration is well formed.</summary>
    public static bool IsValid(Registration registration) =>
        NameRules.IsName(registration.Name) && registration.Boot != BootId.None && registration.LeaseMs is >= 0 and <= LeaseMsMax &&
        registration.Adopted <= Epoch.Max && registration.Endpoint.Port > 0 &&
        Uri.CheckHostName(registration.Endpoint.Host) != UriHostNameType.Unknown && registration.Metadata.All(NameRules.IsMetadata) &&
        registration.Metadata.Sum(m => m.Length) <= MetadataCharsMax;

    private List<NameEntry> RemoveWhere(Predicate<NameEntry> condition)
    {
        List<NameEntry> removed = [.. _names.Values.Where(e => condition(e))];
        foreach (NameEntry entry in removed)
            _names.Remove(entry.Registration.Name);
        return removed;
    }
}
