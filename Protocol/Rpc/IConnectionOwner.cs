using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Rpc;

/// <summary>Whose connections <see cref="Sockets"/> opens: the loop. It is told what happens to them; all of this from any thread.</summary>
internal interface IConnectionOwner
{
    /// <summary>Cancelled when nothing is to be accepted any more.</summary>
    CancellationToken Stopping { get; }

    /// <summary>What this process never changes; known before the first hello is answered.</summary>
    bool IsReplica { get; }

    /// <summary>Milliseconds since the owner was made, as in <see cref="Now"/>.</summary>
    long ClockMs { get; }

    /// <summary>What this process says of itself, and whether it wants that peer; null: it dials, and has not heard who answers.</summary>
    Task<(Hello Own, HelloRefusal? Refusal)> ScreenAsync(Hello? peer);

    /// <summary>The hellos are exchanged. From here on the connection's output is the owner's to write.</summary>
    void PostOpened(Connection connection);

    /// <summary>Whole frames. The owner ends <see cref="Connection.Turn"/> when it has taken them.</summary>
    void PostFrames(Connection connection, ReadOnlySequence<byte> frames);

    /// <summary>It has ended, or could not be dialled.</summary>
    void PostClosed(ConnectionId connection);
}
