using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>The peers that have dialled this replica: front ends, operators, and other replicas. Owned by the core.</summary>
internal sealed class Peers(INetwork network)
{
    private readonly OrderedDictionary<ConnectionId, Hello> _peers = [];

    public void Add(ConnectionId connection, in Hello peer) => _peers.Add(connection, peer);

    public bool Remove(ConnectionId connection) => _peers.Remove(connection);

    public bool TryGet(ConnectionId connection, out Hello peer) => _peers.TryGetValue(connection, out peer);

    /// <summary>Sends a message to every front end, unasked.</summary>
    public void ToFrontEnds<T>(in T message)
        where T : struct, IMessage<T>
    {
        foreach ((ConnectionId connection, Hello peer) in _peers)
        {
            if (peer.Role == Role.FrontEnd)
                network.Send(connection, 0, message);
        }
    }
}
