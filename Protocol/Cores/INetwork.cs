using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;

namespace JustHungry.Protocol.Cores;

/// <summary>
/// The effects that a core's step has on its connections. Nothing leaves before the step has ended; then each connection is
/// flushed once. Sending to a connection that is closed does nothing: the core hears of it by Closed.
/// </summary>
public interface INetwork
{
    /// <summary>Begins to connect. The outcome comes as Opened (connected, hellos exchanged) or Closed.</summary>
    ConnectionId Dial(Endpoint endpoint);

    void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T>;

    /// <summary>Closes after what was sent before has left. Closed does not follow: whoever closes knows.</summary>
    void Close(ConnectionId connection);

    /// <summary>Bytes that were sent to this connection, in this step too, and have not left; 0 where everything leaves at once.</summary>
    long Unsent(ConnectionId connection) => 0;

    /// <summary>The same of all users together.</summary>
    long UnsentToUsers => 0;
}
