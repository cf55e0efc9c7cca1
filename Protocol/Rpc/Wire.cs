using System.Net.Sockets;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// A connected socket, as connections use it. A test can put another in its place, which decides when each call ends, and how.
/// </summary>
internal abstract class Wire : IDisposable
{
    /// <summary>For what comes from the peer, and for whatever is written in the clear by calls.</summary>
    public abstract Stream Stream { get; }

    /// <summary>Sends a part of these bytes: the result says how many.</summary>
    public abstract ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Tells the peer that nothing more will come.</summary>
    public abstract void EndSending();

    public abstract void Dispose();
}

/// <summary>A real socket, which this owns.</summary>
internal sealed class SocketWire : Wire
{
    private readonly Socket _socket;

    public SocketWire(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        Stream = new NetworkStream(socket, ownsSocket: false);
    }

    public override Stream Stream { get; }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => _socket.SendAsync(bytes);

    public override void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public override void Dispose()
    {
        Stream.Dispose();
        _socket.Dispose();
    }
}
