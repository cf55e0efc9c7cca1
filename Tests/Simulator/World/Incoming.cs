using JustHungry.Protocol.Cores;
using JustHungry.Simulator.Network;

namespace JustHungry.Simulator.World;

internal enum IncomingKind : byte
{
    Tick,
    Connected,
    Segment,
    Closed,
    Posted,
}

/// <summary>One event in a process's queue.</summary>
internal readonly record struct Incoming(IncomingKind Kind, SimSocket? Socket = null, byte[]? Segment = null, Action<Now>? Posted = null);
