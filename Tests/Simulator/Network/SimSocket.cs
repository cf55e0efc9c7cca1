using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Network;

/// <summary>The stage of a connection, as one end knows it.</summary>
internal enum SocketStage : byte
{
    Dialling,
    AwaitsHello,
    Open,
}

/// <summary>
/// One end of a connection, and the bytes on their way from it to the other end: segments in order, the last one null for "closed".
/// Owned by the process at this end; the network moves its stream.
/// </summary>
internal sealed class SimSocket(SimProcess owner, ConnectionId id, bool isDialled)
{
    public SimProcess Owner { get; } = owner;

    public ConnectionId Id { get; } = id;

    public bool IsDialled { get; } = isDialled;

    public SimSocket? Other { get; set; }

    public SocketStage Stage { get; set; }

    /// <summary>The other end's hello, once it has come.</summary>
    public Hello Peer { get; set; }

    /// <summary>The peer serves another shop.</summary>
    public bool IsOfAnotherGroup { get; set; }

    /// <summary>What the running step has written.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new();

    /// <summary>The running step has written to or closed this end.</summary>
    public bool IsTouched { get; set; }

    public bool ClosesAfterOutput { get; set; }

    public Queue<byte[]?> Stream { get; } = new();

    /// <summary>The bytes of this end's segments that the process at the other end has not read.</summary>
    public long UnreadBytes { get; set; }

    /// <summary>
    /// What has arrived while nothing was read, because too much of what this process sent has not left; the last one null for "closed".
    /// </summary>
    public Queue<byte[]?> NotRead { get; } = new();

    /// <summary>When the last segment of the stream arrives: the next one comes no earlier.</summary>
    public long LastArrivalUs { get; set; }

    /// <summary>Segments that were due while the link was cut: they arrive when it heals, as retransmissions.</summary>
    public int Delayed { get; set; }

    /// <summary>
    /// The kernel at this end no longer knows the connection: what is sent here goes nowhere, and what arrives is answered by a reset.
    /// </summary>
    public bool IsGone { get; set; }
}
