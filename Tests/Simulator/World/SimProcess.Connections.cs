using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Network;

namespace JustHungry.Simulator.World;

/// <content>What comes from connections, and how much of what was sent has not left.</content>
internal abstract partial class SimProcess
{
    /// <summary>A peer has dialled; its hello comes next.</summary>
    public void Accepted(SimSocket socket) => _sockets.Add(socket.Id.Value, socket);

    /// <summary>A dialled peer has accepted the connection: our hello is due.</summary>
    public void Connected(SimSocket socket)
    {
        if (!socket.IsGone)
            Enqueue(new Incoming(IncomingKind.Connected, socket));
    }

    public void Arrived(SimSocket socket, byte[]? segment)
    {
        World.Trace.Mix((ulong)World.NowUs);
        World.Trace.Mix(segment);
        if (socket.NotRead.Count > 0 || (IsHeldBack(socket) && segment is not null))
            socket.NotRead.Enqueue(segment);
        else
            Read(socket, segment);
    }

    /// <summary>Enough of what was sent has left: reads what has arrived meanwhile.</summary>
    public void ReadOn(SimSocket socket)
    {
        while (socket.NotRead.TryDequeue(out byte[]? segment))
            Read(socket, segment);
    }

    public void Broke(SimSocket socket)
    {
        socket.NotRead.Clear();
        Enqueue(new Incoming(IncomingKind.Closed, socket));
    }

    public long Unsent(ConnectionId connection) => _sockets.TryGetValue(connection.Value, out SimSocket? socket) ? Unsent(socket) : 0;

    public long UnsentToUsers => _sockets.Values.Where(s => s.Peer.Role == Role.User).Sum(Unsent);

    private long Unsent(SimSocket socket) => World.Network.Unsent(socket) + socket.Output.WrittenCount;

    /// <summary>Only accepted connections wait, as in Protocol/Rpc/Backlog.</summary>
    private bool IsHeldBack(SimSocket socket) =>
        !socket.IsDialled && socket.Stage == SocketStage.Open && World.Network.Unsent(socket) > World.Network.Buffers.PausedBytes;

    private void Read(SimSocket socket, byte[]? segment)
    {
        if (segment is null)
            World.Network.Forget(socket);
        Enqueue(segment is null ? new Incoming(IncomingKind.Closed, socket) : new Incoming(IncomingKind.Segment, socket, segment));
    }

    private bool HasTooMuch(SimSocket socket)
    {
        Buffers buffers = World.Network.Buffers;
        return !socket.IsGone && World.Network.Unsent(socket) > (socket.Peer.Role == Role.User ? buffers.UserBytesMax : buffers.DaemonBytesMax);
    }
}
