using JustHungry.Protocol.Cores;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>One end of a connection: its owner, and the frames on their way to it. A null frame is the end of the stream.</summary>
internal sealed class SmallEnd(SmallProcess owner, ConnectionId id)
{
    public SmallProcess Owner { get; } = owner;

    public ConnectionId Id { get; } = id;

    public bool IsOpen { get; private set; } = true;

    public Queue<byte[]?> Incoming { get; } = new();

    public SmallEnd Other { get; set; } = null!;

    /// <summary>Closes this end; the other end notices after it has received what was sent before.</summary>
    public void Close()
    {
        if (!IsOpen)
            return;
        IsOpen = false;
        Incoming.Clear();
        Other.Put(null);
    }

    public void Put(byte[]? frame)
    {
        if (IsOpen)
            Incoming.Enqueue(frame);
    }
}
