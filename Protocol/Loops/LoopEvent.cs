using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Protocol.Loops;

internal enum EventKind : byte
{
    Frames,
    Tick,
    Opened,
    Closed,
    Posted,
}

/// <summary>What waits in the queue of a <see cref="CoreLoop"/>; which fields are set depends on the kind.</summary>
internal readonly record struct LoopEvent(
    EventKind Kind, Connection? Connection, ReadOnlySequence<byte> Frames, Action<ICore, Now>? Posted, ConnectionId ClosedId = default);
