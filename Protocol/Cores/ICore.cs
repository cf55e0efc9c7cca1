using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Cores;

/// <summary>
/// A daemon's logic without its sockets, clock and disk: single-threaded, deterministic, driven by events that carry the time.
/// Effects go through <see cref="INetwork"/> and the core's own disk interface. The daemon drives it with a
/// <see cref="CoreLoop"/>, the simulator with simulated time, network and disk.
/// </summary>
/// <remarks>
/// A ProtocolViolationException thrown by Received closes that connection (Closed follows); any other exception stops the process. Events
/// that came together form a batch. One <see cref="BatchEnded"/> follows them, in which the work gathered from them is sent at once.
/// </remarks>
public interface ICore
{
    /// <summary>What this process says about itself on a connection that opens now.</summary>
    Hello OwnHello();

    /// <summary>Why a peer that dialled is refused; null if it is welcome. Called before Opened.</summary>
    HelloRefusal? Screen(in Hello peer);

    /// <summary>A connection is open and the hellos are exchanged. It was accepted, or dialled by <see cref="INetwork.Dial"/>.</summary>
    void Opened(Now now, ConnectionId connection, in Hello peer);

    /// <summary>One whole frame. Its bytes are no longer valid when this returns.</summary>
    void Received(Now now, ConnectionId connection, in Frame frame);

    /// <summary>A connection broke or was closed by the peer, or a dial failed.</summary>
    void Closed(Now now, ConnectionId connection);

    /// <summary>Comes every <see cref="TickMs"/>, for time-outs and heartbeats.</summary>
    void Tick(Now now);

    /// <summary>The time between two Ticks. A core with nothing to do that soon asks for fewer, since each wakes its process.</summary>
    int TickMs => Timing.TickMs;

    void BatchEnded(Now now);
}
