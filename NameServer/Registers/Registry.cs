using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// The names, in the order in which they were first recorded. Pure and owned by <see cref="NameServerCore"/>. Its one rule: a name that a
/// live process holds goes to another process only if that one gives the holder's boot id, or uses force.
/// </summary>
/// <param name="endsLeases">Leases end here, and not in the storage.</param>
internal sealed class Registry(bool endsLeases = true)
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

    /// <summary>What keeps a request from getting its name; null if it may have it.</summary>
    /// <param name="group">Whose process asks. It can't take a name of another group.</param>
    public NameRefused? Refuse(in Register request, string group)
    {
        Registration wanted = request.Registration;
        if (!IsValid(wanted))
            return new NameRefused(NameRefusal.InvalidName, null);

        NameEntry? held = Find(wanted.Name);
        if (held is null && _names.Count >= NamesMax)
            return new NameRefused(NameRefusal.TooManyNames, null);
        return held is null || (MayTake(held.Registration, request) && !NameRules.IsOfAnother(group, held.Registration.Metadata))
            ? null
            : new NameRefused(NameRefusal.NameInUse, held.Registration);
    }

    /// <summary>Nothing but the lease would change.</summary>
    public bool IsRenewal(Registration wanted) => Find(wanted.Name) is { } held && IsSame(held.Registration, wanted);

    /// <summary>What to store for a registration that may have its name. It keeps the holder's place in the queue.</summary>
    public StoredName ToStore(Registration wanted) => new(Find(wanted.Name)?.Order ?? (_lastOrder + 1), wanted, HasCalled: true);

    /// <summary>The name is held, and its lease begins now.</summary>
    public void Hold(long nowMs, StoredName stored)
    {
        int leaseMs = stored.Registration.LeaseMs;
        _names[stored.Registration.Name] = NameEntry.Create(stored, leaseMs == 0 || !endsLeases ? null : nowMs + leaseMs);
        _lastOrder = Math.Max(_lastOrder, stored.Order);
    }

    /// <summary>Takes over what the storage holds; every lease begins anew.</summary>
    public void Restore(long nowMs, IReadOnlyList<StoredName> names)
    {
        _names.Clear();
        foreach (StoredName name in names)
            Hold(nowMs, name);
    }

    public NameEntry? Find(string name) => _names.GetValueOrDefault(name);

    /// <summary>One name if it is held, or all that begin with it, but none of another group.</summary>
    public IReadOnlyList<string> Named(string name, bool isPrefix, string group) =>
    [
        .. _names.Values.Select(e => e.Registration)
            .Where(r => (isPrefix ? r.Name.StartsWith(name, StringComparison.Ordinal) : r.Name == name) && !NameRules.IsOfAnother(group, r.Metadata))
            .Select(r => r.Name),
    ];

    /// <summary>The names whose leases have ended.</summary>
    public IReadOnlyList<string> Lapsed(long nowMs) => [.. _names.Where(n => n.Value.LapsesMs is { } end && nowMs >= end).Select(n => n.Key)];

    public void Remove(IReadOnlyList<string> names)
    {
        foreach (string name in names)
            _names.Remove(name);
    }

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

    /// <summary>The replicas registered for any group, front of the queue first.</summary>
    public IEnumerable<NameEntry> Replicas => _names.Values.Where(e => e.Replica is not null);

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
}
