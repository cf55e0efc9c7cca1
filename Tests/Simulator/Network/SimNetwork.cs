using System.Diagnostics.CodeAnalysis;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Network;

/// <summary>
/// TCP as processes see it: connections that keep order and lose nothing until they break; links that delay, or are cut in one direction or
/// both; resets that lose the bytes in flight; ends that have vanished without notice.
/// </summary>
internal sealed class SimNetwork(SimWorld world)
{
    private const long ConnectTimeoutUs = 1_000_000; // as Protocol/Rpc/Sockets
    private const long HandshakeTimeoutUs = 5_000_000; // as Protocol/Rpc/Handshake

    private readonly SortedDictionary<int, SimProcess> _listeners = [];
    private readonly SortedDictionary<(int From, int To), Link> _links = [];
    private readonly List<SimSocket> _sockets = [];

    /// <summary>How slow a link may be without a fault.</summary>
    public long UsualDelayMostUs { get; set; } = 400;

    public Buffers Buffers { get; set; } = Buffers.Large;

    /// <summary>Every end whose process has not yet released it.</summary>
    public IReadOnlyList<SimSocket> Sockets => _sockets;

    public Link Link(SimProcess from, SimProcess to)
    {
        if (!_links.TryGetValue((from.Number, to.Number), out Link? link))
            _links.Add((from.Number, to.Number), link = new Link(UsualDelayMostUs));
        return link;
    }

    public void Listen(SimProcess process, int port)
    {
        if (IsTaken(port, process, out SimProcess? other))
            throw new InvalidOperationException($"{process.Name} would listen where {other.Name} does");
        _listeners[port] = process;
    }

    /// <summary>Another process than this one listens at a port.</summary>
    public bool IsTaken(int port, SimProcess by) => IsTaken(port, by, out _);

    private bool IsTaken(int port, SimProcess by, [NotNullWhen(true)] out SimProcess? other) =>
        _listeners.TryGetValue(port, out other) && other != by && other.IsUp && other.Endpoint.Port == port;

    /// <summary>The process that listens at a port, unless it has moved to another port.</summary>
    private SimProcess? ListenerAt(Endpoint endpoint) =>
        _listeners.TryGetValue(endpoint.Port, out SimProcess? process) && process.Endpoint.Port == endpoint.Port ? process : null;

    public SimSocket Dial(SimProcess owner, ConnectionId id, Endpoint endpoint)
    {
        var socket = new SimSocket(owner, id, isDialled: true);
        _sockets.Add(socket);
        long begunUs = world.NowUs;
        SimProcess? target = ListenerAt(endpoint);
        long thereUs = target is null ? 50 : Link(owner, target).Delay(world.Chance);
        world.Time.After(thereUs, () => Connect(socket, endpoint, begunUs));
        world.Time.After(HandshakeTimeoutUs, () =>
        {
            if (socket.Stage != SocketStage.Open)
                Reset(socket);
        });
        return socket;
    }

    private void Connect(SimSocket socket, Endpoint endpoint, long begunUs)
    {
        if (socket.IsGone)
            return;

        SimProcess? target = ListenerAt(endpoint);
        if (target is not null && (!target.IsHostUp || Link(socket.Owner, target).IsCut || Link(target, socket.Owner).IsCut))
        {
            world.Time.At(begunUs + ConnectTimeoutUs, () => Break(socket));
            return;
        }

        if (target is null || !target.IsUp)
        {
            world.Time.After(50, () => Break(socket));
            return;
        }

        var accepted = new SimSocket(target, target.NextConnectionId(), isDialled: false) { Other = socket, Stage = SocketStage.AwaitsHello };
        socket.Other = accepted;
        _sockets.Add(accepted);
        target.Accepted(accepted);
        world.Time.After(Link(target, socket.Owner).Delay(world.Chance), () => socket.Owner.Connected(socket));
    }

    /// <summary>Sends one segment, or (null) the end of the stream.</summary>
    public void Transmit(SimSocket from, byte[]? segment)
    {
        if (from.Other is not { } to || from.IsGone)
            return;

        from.Stream.Enqueue(segment);
        from.UnreadBytes += segment?.Length ?? 0;
        PlanArrival(from, to, segment?.Length ?? 0);
    }

    /// <summary>The process at the other end has read so much of what was sent here.</summary>
    public void WasRead(SimSocket from, int bytes)
    {
        from.UnreadBytes = Math.Max(0, from.UnreadBytes - bytes);
        if (!from.IsGone && from.NotRead.Count > 0 && Unsent(from) <= Buffers.PausedBytes / 2)
            from.Owner.ReadOn(from);
    }

    /// <summary>What was sent here and is neither read at the other end nor in a kernel's buffer.</summary>
    public long Unsent(SimSocket socket) => Math.Max(0, socket.UnreadBytes - Buffers.KernelBytes);

    /// <summary>Cuts or heals one direction; when it is healed, what was held back arrives.</summary>
    public void SetCut(SimProcess from, SimProcess to, bool isCut)
    {
        Link(from, to).IsCut = isCut;
        if (!isCut)
            Retransmit(to);
    }

    public void HealAll()
    {
        foreach (Link link in _links.Values)
            link.Heal();
        foreach (SimProcess process in _sockets.Where(s => s.Delayed > 0).Select(s => s.Other!.Owner).Distinct().ToList())
            Retransmit(process);
    }

    /// <summary>Sends again what could not reach this process.</summary>
    public void Retransmit(SimProcess to)
    {
        foreach (SimSocket socket in _sockets)
        {
            if (socket.Delayed == 0 || socket.Other!.Owner != to)
                continue;
            for (; socket.Delayed > 0; socket.Delayed--)
                PlanArrival(socket, socket.Other, bytes: 0);
        }
    }

    /// <summary>Both ends learn that the connection broke, each at its own time; what was on its way is lost.</summary>
    public void Reset(SimSocket socket)
    {
        Break(socket);
        if (socket.Other is { } other)
            world.Time.After(Link(socket.Owner, other.Owner).Delay(world.Chance), () => Break(other));
    }

    /// <summary>
    /// One end learns that the connection broke; the other finds out when it sends something. What is on its way to the latter may still
    /// arrive, even after what a new connection brings.
    /// </summary>
    public void Break(SimSocket socket, bool losesUnsent = true)
    {
        if (losesUnsent)
        {
            socket.Stream.Clear();
            socket.Delayed = 0;
        }

        if (socket.IsGone)
            return;
        Forget(socket);
        socket.Owner.Broke(socket);
    }

    /// <summary>The process at this end died. Its kernel tells the other end, unless the power failed too.</summary>
    public void Abandon(SimSocket socket, bool tellsOther)
    {
        if (socket.IsGone)
            return;

        bool isConnected = socket.Other is { IsGone: false };
        bool losesUnsent = world.Chance.OneIn(2);
        if (tellsOther && isConnected && !losesUnsent)
            Transmit(socket, null);
        Forget(socket);
        if (tellsOther && isConnected && losesUnsent)
        {
            socket.Stream.Clear();
            socket.Delayed = 0;
            SimSocket other = socket.Other!;
            Link link = Link(socket.Owner, other.Owner);
            if (!link.IsCut)
                world.Time.After(link.Delay(world.Chance), () => Break(other));
        }
    }

    /// <summary>Removes this end: its core closed it, or has learned that it broke.</summary>
    public void Forget(SimSocket socket)
    {
        socket.IsGone = true;
        _sockets.Remove(socket);
        if (socket.Stream.Count > 0)
            _sockets.Add(socket); // kept while its last bytes are in flight, for links that heal
    }

    private void PlanArrival(SimSocket from, SimSocket to, int bytes)
    {
        long arrivalUs = Math.Max(from.LastArrivalUs, Link(from.Owner, to.Owner).Arrival(world.Chance, world.NowUs, bytes));
        from.LastArrivalUs = arrivalUs;
        world.Time.At(arrivalUs, () => Arrive(from, to));
    }

    private void Arrive(SimSocket from, SimSocket to)
    {
        if (from.Stream.Count == 0)
            return; // lost with a reset

        if (Link(from.Owner, to.Owner).IsCut || !to.Owner.IsHostUp)
        {
            from.Delayed++;
            return;
        }

        byte[]? segment = from.Stream.Dequeue();
        if (from.IsGone && from.Stream.Count == 0)
            _sockets.Remove(from);

        if (!to.IsGone)
            to.Owner.Arrived(to, segment);
        else if (!from.IsGone && segment is not null && !Link(to.Owner, from.Owner).IsCut)
            world.Time.After(Link(to.Owner, from.Owner).Delay(world.Chance), () => Break(from));
    }
}
