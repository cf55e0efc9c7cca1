using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;

namespace JustHungry.Protocol.Cores;

/// <summary>
/// The effects that a core's step has on its connections. Nothing leaves before the step has ended; then each connection is flushed once.
/// Sending to a closed connection does nothing, since Closed tells the core about it.
/// </summary>
public interface INetwork
{
    /// <summary>Begins to connect. The outcome comes as Opened (connected, hellos exchanged) or Closed.</summary>
    ConnectionId Dial(Endpoint endpoint);

    void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T>;

    /// <summary>
    /// Closes the connection once everything that was sent has left. Closed does not follow, since the core knows already.
    /// </summary>
    void Close(ConnectionId connection);

    /// <summary>
    /// Bytes that were sent to this connection, in this step or before, and have not left; 0 if the network sends everything at once.
    /// </summary>
    long Unsent(ConnectionId connection) => 0;

    /// <summary>The same for all users' connections together.</summary>
    long UnsentToUsers => 0;
}
