using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Network;

namespace JustHungry.Simulator.World;

/// <content>The first frames in both directions, as Protocol/Rpc/Handshake exchanges them.</content>
internal abstract partial class SimProcess
{
    private void SayHello(SimSocket socket)
    {
        if (!_sockets.ContainsKey(socket.Id.Value) || socket.IsGone)
            return;
        socket.Stage = SocketStage.AwaitsHello;
        World.Network.Transmit(socket, Encode(_core!.OwnHello()));
    }

    private void TakeHello(Now now, SimSocket socket, byte[] segment)
    {
        if (!_sockets.ContainsKey(socket.Id.Value))
            return; // closed while it was being dialled

        var rest = new ReadOnlySequence<byte>(segment);
        if (!FrameScanner.TryRead(ref rest, FrameLimits.HelloBytesMax, out ReadOnlySequence<byte> bytes))
            throw new ViolationException("half a hello");
        var frame = new Frame(bytes);
        if (socket.IsDialled && frame.Type == MessageType.HelloRefused)
        {
            World.Network.Break(socket);
            return;
        }

        Hello peer = frame.As<Hello>();
        if (World.Trace.KeepsLines)
            World.Say(Name, $"<- {socket.Other!.Owner.Name} {socket.Id}: {peer.Role} {peer.Id} says hello");
        if (!socket.IsDialled && !Answer(socket, peer))
            return;

        string own = _core!.OwnHello().Group;
        socket.IsOfAnotherGroup = own.Length > 0 && peer.Group.Length > 0 && own != peer.Group;
        socket.Peer = peer;
        socket.Stage = SocketStage.Open;
        _core.Opened(now, socket.Id, peer);
    }

    /// <summary>False if the peer was refused.</summary>
    private bool Answer(SimSocket socket, in Hello peer)
    {
        if (_core!.Screen(peer) is { } refusal)
        {
            World.Network.Transmit(socket, Encode(new HelloRefused(refusal, Hello.CurrentVersion)));
            World.Network.Transmit(socket, null);
            World.Network.Forget(socket);
            _sockets.Remove(socket.Id.Value);
            return false;
        }

        World.Network.Transmit(socket, Encode(_core.OwnHello()));
        return true;
    }

    private byte[] Encode<T>(in T message)
        where T : struct, IMessage<T>
    {
        var output = new ArrayBufferWriter<byte>(256);
        _frames.Write(output, 0, message);
        return output.WrittenSpan.ToArray();
    }
}
