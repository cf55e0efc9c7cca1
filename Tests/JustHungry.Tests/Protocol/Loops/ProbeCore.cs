using System.Collections.Concurrent;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.Tests.Protocol.Loops;

/// <summary>A core that writes down its events and does what the test tells it. Ping is answered with Pong.</summary>
internal sealed class ProbeCore(INetwork network) : ICore
{
    public delegate void FrameHandler(ConnectionId connection, in Frame frame);

    public ConcurrentQueue<string> Events { get; } = new();

    public HelloRefusal? Refusal { get; set; }

    public FrameHandler? OnFrame { get; set; }

    public Action<Now>? OnTick { get; set; }

    public int TickMs { get; set; } = Timing.TickMs;

    public ConnectionId LastOpened { get; private set; }

    /// <summary>What it says it is, in the default group.</summary>
    public Role Role
    {
        get => Own.Role;
        set => Own = Own with { Role = value, Group = NameRules.DefaultGroup };
    }

    /// <summary>Who it says it is.</summary>
    public Hello Own { get; set; } = new(Role.NameServer, "probe", DiskId.None, new BootId(1), ClusterId.None, "");

    public Hello OwnHello() => Own;

    /// <summary>Called in the middle of each handshake that this process takes.</summary>
    public Action? OnScreen { get; set; }

    public HelloRefusal? Screen(in Hello peer)
    {
        OnScreen?.Invoke();
        return Refusal;
    }

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        LastOpened = connection;
        Events.Enqueue($"opened {peer.Role}");
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        Events.Enqueue($"received {frame.Type}");
        if (OnFrame is { } handler)
            handler(connection, frame);
        else if (frame.Type == MessageType.Ping)
            network.Send(connection, frame.Correlation, default(Pong));
        else
            throw new ProtocolViolationException("only pings are served here");
    }

    public void Closed(Now now, ConnectionId connection) => Events.Enqueue("closed");

    public void Tick(Now now) => OnTick?.Invoke(now);

    public void BatchEnded(Now now)
    {
    }
}
