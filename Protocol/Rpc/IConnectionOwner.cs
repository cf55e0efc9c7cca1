using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// The owner of the connections that <see cref="Sockets"/> opens, which is the loop. It is told what happens to them. Called from any
/// thread.
/// </summary>
internal interface IConnectionOwner
{
    /// <summary>Cancelled when no more connections are to be accepted.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Whether this process is a replica. Known before the first hello is answered, and never changes.</summary>
    bool IsReplica { get; }

    /// <summary>Milliseconds since the owner was made, as in <see cref="Now"/>.</summary>
    long ClockMs { get; }

    /// <summary>
    /// What this process says about itself, and why it refuses the peer, if it does. The peer is null when this process dials and does
    /// not know yet who answers.
    /// </summary>
    Task<(Hello Own, HelloRefusal? Refusal)> ScreenAsync(Hello? peer);

    /// <summary>The hellos are exchanged. From here on only the owner writes to the connection's output.</summary>
    void PostOpened(Connection connection);

    /// <summary>Whole frames. The owner ends <see cref="Connection.Turn"/> when it has taken them.</summary>
    void PostFrames(Connection connection, ReadOnlySequence<byte> frames);

    /// <summary>The connection has ended, or could not be dialled.</summary>
    void PostClosed(ConnectionId connection);
}
