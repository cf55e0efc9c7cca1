using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Rpc;

/// <summary>Breaks connections that have been idle for too long, and those that cost too much. Owned by the loop.</summary>
internal sealed class ConnectionSweep(ILogger log)
{
    private const int EveryMs = 5_000;

    /// <summary>
    /// The bound on answers that all users together have asked for and do not read. Each may leave only a little unread, but there may be
    /// thousands of them.
    /// </summary>
    private const long UsersUnsentBytesMax = 192 << 20;

    private long _nextMs;

    public UnsentBytes UnsentToUsers { get; } = new();

    /// <summary>Called at each tick. A connection that is broken here is closed when its reader notices.</summary>
    public void Tick(Now now, IReadOnlyCollection<Connection> connections)
    {
        if (UnsentToUsers.Bytes > UsersUnsentBytesMax)
            BreakSlowest(connections);
        if (now.Ms < _nextMs)
            return;

        _nextMs = now.Ms + EveryMs;
        foreach (Connection connection in connections)
        {
            if (!connection.IsDialled && now.Ms - connection.LastReceivedMs > Timing.IdleMs)
                connection.Abort();
        }
    }

    private void BreakSlowest(IReadOnlyCollection<Connection> connections)
    {
        if (connections.Where(c => c.Peer.Role == Role.User).MaxBy(c => c.Backlog.Bytes) is not { } slowest)
            return;
        Log.SlowPeerDropped(log, slowest.Id, slowest.Describe());
        slowest.Abort();
    }
}
