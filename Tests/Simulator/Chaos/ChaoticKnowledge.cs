using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Chaos;

/// <summary>What a chaotic front end has found out: the replicas, its connections to them, and every view it has ever seen.</summary>
internal sealed class ChaoticKnowledge(SimProcess process, ChaoticRelay relay, Func<bool> isCalm)
{
    /// <summary>A replica that has been silent for this long counts as missing.</summary>
    public const int PatienceMs = 1_500;

    private const int DialMs = 200;

    private readonly SortedDictionary<string, KnownReplica> _replicas = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, KnownReplica> _connections = [];

    public IReadOnlyCollection<KnownReplica> Replicas => _replicas.Values;

    public List<View> Seen { get; } = [];

    public View? View => Seen.Count > 0 ? Seen[^1] : null;

    /// <summary>The primary that was just deposed, is not told of it, and will be promoted again.</summary>
    public Member? PromotedBack { get; set; }

    private Chance Chance => process.World.Chance;

    public KnownReplica? Find(ConnectionId connection) => _connections.GetValueOrDefault(connection.Value);

    public void Dial(Now now)
    {
        foreach (KnownReplica replica in _replicas.Values.Where(r => r.Connection == ConnectionId.None && now.Ms >= r.NextDialMs))
        {
            replica.NextDialMs = now.Ms + DialMs;
            replica.Connection = process.Dial(replica.Endpoint);
            _connections.Add(replica.Connection.Value, replica);
        }
    }

    /// <summary>False if the connection is not a replica's.</summary>
    public bool Closed(ConnectionId connection)
    {
        if (!_connections.Remove(connection.Value, out KnownReplica? replica))
            return false;
        replica.Lost();
        relay.PrimaryLost(connection);
        return true;
    }

    public void HangUp(KnownReplica replica)
    {
        process.Close(replica.Connection);
        Closed(replica.Connection);
    }

    public void Know(Registration registration)
    {
        string id = registration.Metadata.First(m => m.StartsWith("id:", StringComparison.Ordinal))[3..];
        var member = new Member(new ReplicaId(id), registration.Disk);
        if (_replicas.TryGetValue(id, out KnownReplica? known) && known.Endpoint == registration.Endpoint && known.Member == member)
            return;

        if (known is not null && known.Connection != ConnectionId.None)
            HangUp(known);
        _replicas[id] = new KnownReplica(member, registration.Endpoint);
    }

    public void Learn(View? view)
    {
        if (view is null || (View is { } known && view.Epoch <= known.Epoch))
            return;
        Seen.Add(view);
        relay.EpochChanged();
        foreach (KnownReplica replica in _replicas.Values.Where(r => r.IsOpen && TellsNow(r)))
            SendView(replica, view);
    }

    /// <summary>
    /// Some replicas are not told of some views, so that a primary may be promoted again without ever having heard of the epoch in between.
    /// </summary>
    public bool TellsNow(KnownReplica replica) => isCalm() || (Chance.OneIn(2) && replica.Member != PromotedBack);

    public void SendView(KnownReplica replica, View view) =>
        process.Send(replica.Connection, 0, new NewView(view, [.. _replicas.Values.Select(r => new MemberEndpoint(r.Member, r.Endpoint))]));

    /// <summary>The primary of the view, if it is connected and its last report says that it leads.</summary>
    public KnownReplica? Leader() =>
        View is { } view && _replicas.TryGetValue(view.Primary.Value, out KnownReplica? replica) && replica.IsOpen &&
        replica.Report is { Leading: true } report && report.Adopted == view.Epoch ? replica : null;

    public bool IsHeard(Now now, Member member) =>
        _replicas.TryGetValue(member.Id.Value, out KnownReplica? replica) && replica.Member == member && replica.IsOpen && now.Ms - replica.HeardMs < PatienceMs;
}
