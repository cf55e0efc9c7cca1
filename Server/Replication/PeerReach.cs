using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// Which other members this replica reaches. When a view can't commit, a front end asks for this to find a member that could lead one that
/// can. A primary learns it from its followers; the other members keep these connections for it. Owned by the core.
/// </summary>
internal sealed class PeerReach(ReplicaContext replica)
{
    private const int PingMs = 200;
    private const int SilenceMs = 3 * PingMs;
    private const int RedialMs = 500;

    private readonly OrderedDictionary<Member, Link> _links = [];

    private sealed class Link(Member member)
    {
        public Member Member { get; } = member;

        public ConnectionId Connection { get; set; }

        public bool IsOpen { get; set; }

        public LastHeard Heard { get; set; } = LastHeard.Never;

        public long NextMs { get; set; }
    }

    /// <summary>A member can't be reached: the name server may know where it is now.</summary>
    public bool IsLookingForSomebody => _links.Values.Any(link => !link.IsOpen);

    public int Count(Now now) => 1 + _links.Values.Count(link => link.IsOpen && link.Heard.SilentMs(now) <= SilenceMs);

    /// <summary>Sets the members to reach; none while this replica leads or is not a member.</summary>
    public void SetMembers(IReadOnlyList<Member> members)
    {
        for (int i = _links.Count - 1; i >= 0; i--)
        {
            Link link = _links.GetAt(i).Value;
            if (members.Contains(link.Member))
                continue;
            replica.Network.Close(link.Connection);
            _links.RemoveAt(i);
        }

        foreach (Member member in members.Where(m => m.Id != replica.Self.Id))
            _links.TryAdd(member, new Link(member));
    }

    /// <summary>This process was not listening for that long, so the others were not silent then.</summary>
    public void Forgive(Now now, long lostMs)
    {
        foreach ((_, Link link) in _links)
            link.Heard = link.Heard.Forgive(now, lostMs);
    }

    public void Tick(Now now)
    {
        foreach ((_, Link link) in _links)
        {
            if (now.Ms < link.NextMs)
                continue;

            if (link.IsOpen && link.Heard.SilentMs(now) > replica.Options.LostMs)
            {
                replica.Network.Close(link.Connection);
                Closed(link.Connection);
            }

            link.NextMs = now.Ms + (link.IsOpen ? PingMs : RedialMs);
            if (link.IsOpen)
                replica.Network.Send(link.Connection, 0, default(Ping));
            else if (link.Connection == ConnectionId.None && replica.Endpoints.Of(link.Member) is { } endpoint)
                link.Connection = replica.Network.Dial(endpoint);
        }
    }

    /// <summary>False if the connection is not one of these.</summary>
    public bool Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (Find(connection) is not { } link)
            return false;

        if (peer.Id == link.Member.Id.Value && peer.Disk == link.Member.Disk)
        {
            link.IsOpen = true;
            link.NextMs = 0;
            link.Heard = new LastHeard(now);
        }
        else
        {
            replica.Network.Close(connection);
            link.Connection = ConnectionId.None;
        }

        return true;
    }

    public void Pong(Now now, ConnectionId connection)
    {
        if (Find(connection) is { } link)
            link.Heard = new LastHeard(now);
    }

    public bool Closed(ConnectionId connection)
    {
        if (Find(connection) is not { } link)
            return false;

        link.Connection = ConnectionId.None;
        link.IsOpen = false;
        return true;
    }

    private Link? Find(ConnectionId connection)
    {
        foreach ((_, Link link) in _links)
        {
            if (link.Connection == connection)
                return link;
        }

        return null;
    }
}
