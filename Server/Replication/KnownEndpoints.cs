using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>Where the other replicas listen, as last reported by front ends and the name server. Owned by the core.</summary>
internal sealed class KnownEndpoints
{
    /// <summary>
    /// More ids than any group has. When this many are known, all are forgotten, and those still needed are asked for again.
    /// </summary>
    private const int KnownMax = 256;

    private readonly SortedDictionary<string, MemberEndpoint> _byId = new(StringComparer.Ordinal);

    public IReadOnlyCollection<MemberEndpoint> All => _byId.Values;

    public void Learn(MemberEndpoint endpoint)
    {
        if (_byId.Count >= KnownMax)
            _byId.Clear();
        _byId[endpoint.Member.Id.Value] = endpoint;
    }

    public Endpoint? Of(Member member) =>
        _byId.TryGetValue(member.Id.Value, out MemberEndpoint known) && known.Member == member ? known.Endpoint : null;
}
