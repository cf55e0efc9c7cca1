using System.Net;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// The connections that this process has accepted. When there are too many, in all or from one address, the one that has been quiet for
/// longest gives its place to the new one, so that idle connections keep nobody out. A daemon's connection is never closed for this.
/// Thread-safe.
/// </summary>
internal sealed class AcceptedConnections(int allMax = AcceptedConnections.AllMax, int perAddressMax = AcceptedConnections.PerAddressMax)
{
    public const int AllMax = 8_192;

    /// <summary>Half of all, so that one address alone can't fill the process.</summary>
    public const int PerAddressMax = AllMax / 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<Connection, IPAddress> _all = [];
    private readonly Dictionary<IPAddress, int> _perAddress = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _all.Count;
        }
    }

    /// <summary>False if there is no place for it.</summary>
    /// <param name="gaveWay">The connection whose place it took, if any; the caller must abort it.</param>
    public bool TryAdd(Connection connection, IPAddress from, out Connection? gaveWay)
    {
        lock (_lock)
        {
            bool isAddressFull = _perAddress.GetValueOrDefault(from) >= perAddressMax;
            gaveWay = isAddressFull || _all.Count >= allMax ? FindQuietest(isAddressFull ? from : null) : null;
            if (gaveWay is not null)
                RemoveLocked(gaveWay);
            else if (isAddressFull || _all.Count >= allMax)
                return false;

            _all.Add(connection, from);
            _perAddress[from] = _perAddress.GetValueOrDefault(from) + 1;
            return true;
        }
    }

    public void Remove(Connection connection)
    {
        lock (_lock)
            RemoveLocked(connection);
    }

    private Connection? FindQuietest(IPAddress? from) => _all
        .Where(c => (from is null || c.Value.Equals(from)) && c.Key.Peer.Role is default(Role) or Role.User or Role.Operator)
        .Select(c => c.Key)
        .MinBy(c => c.LastReceivedMs);

    private void RemoveLocked(Connection connection)
    {
        if (!_all.Remove(connection, out IPAddress? from))
            return; // it had to give way
        if (--_perAddress[from] == 0)
            _perAddress.Remove(from);
    }
}
