using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.Network;

namespace JustHungry.Simulator.World;

/// <content>The loop: events in, batches, effects out.</content>
internal abstract partial class SimProcess
{
    /// <summary>The longest time that a step takes before its effects leave; a freeze may come in between.</summary>
    private const int StepUsMost = 60;

    /// <summary>The part of its period by which a tick comes late at most, even if the process has nothing else to do.</summary>
    private const int TickLateAtMost = 4;

    /// <summary>Overwrites bytes that a core must not have kept.</summary>
    private const byte Gone = 0xC1; // the one byte that MessagePack never uses

    public ConnectionId Dial(Endpoint endpoint)
    {
        ConnectionId id = NextConnectionId();
        _sockets.Add(id.Value, World.Network.Dial(this, id, endpoint));
        return id;
    }

    public void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        if (!_sockets.TryGetValue(connection.Value, out SimSocket? socket) || socket.Stage != SocketStage.Open)
            return;

        _frames.Write(socket.Output, correlation, message);
        Sends(socket, correlation, message);
        Touch(socket);
    }

    public void Close(ConnectionId connection)
    {
        if (!_sockets.Remove(connection.Value, out SimSocket? socket))
            return;

        socket.ClosesAfterOutput = true;
        Touch(socket);
    }

    /// <summary>Sees each message that the core sends, before it leaves.</summary>
    protected virtual void Sends<T>(SimSocket socket, ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
    }

    /// <summary>Sees each frame before the core does.</summary>
    protected virtual void Receives(SimSocket socket, in Frame frame)
    {
    }

    private void Enqueue(Incoming incoming)
    {
        if (!IsUp)
            return;
        _incoming.Enqueue(incoming);
        PlanEffects();
    }

    /// <summary>Ticks are due at fixed times, as those of a timer, and each of them comes a little late.</summary>
    private void PlanTick(long run, long lastUs)
    {
        long periodUs = _core!.TickMs * 1_000L * TickFactor;
        long dueUs = lastUs + periodUs;
        World.Time.At(dueUs + World.Chance.Skewed(0, periodUs / TickLateAtMost), () =>
        {
            if (run != _run)
                return;
            if (!_isTickQueued)
            {
                _isTickQueued = true;
                Enqueue(new Incoming(IncomingKind.Tick));
            }

            PlanTick(run, dueUs);
        });
    }

    /// <summary>Plans what the loop does next: the remaining effects of the last step, or else the next step.</summary>
    private void PlanEffects()
    {
        if (_isStepPlanned || IsFrozen || !IsUp || (_incoming.Count == 0 && _effects.Count == 0))
            return;

        _isStepPlanned = true;
        long run = _run;
        World.Time.At(Math.Max(World.NowUs + World.Chance.Below(StepUsMost), _busyUntilUs), () =>
        {
            if (run != _run)
                return;
            _isStepPlanned = false;
            if (IsFrozen)
                return;
            if (_effects.Count > 0)
                DoEffects(run);
            else
                Step(run);
            if (run == _run)
                PlanEffects();
        });
    }

    private void Step(long run)
    {
        Now now = Clock();
        _workBytes = 0;
        int count = World.Chance.OneIn(4) ? 1 + World.Chance.Below(_incoming.Count) : _incoming.Count;
        try
        {
            for (; count > 0 && _incoming.TryDequeue(out Incoming incoming); count--)
                Take(now, incoming);
            _core!.BatchEnded(now);
            if (run == _run)
                Stepped();
        }
        catch (SimDiskException failed)
        {
            Note(failed.Message);
            Exit();
            return;
        }
        catch (Exception e) when (e is not ViolationException)
        {
            throw new ViolationException($"{Name} stopped: {e.GetType().Name}: {e.Message}", e);
        }

        foreach (SimSocket socket in _touched)
            AddFlush(socket);
        _touched.Clear();
        Spend(Load.StepUs(World.Chance, _workBytes));
    }

    private void Take(Now now, in Incoming incoming)
    {
        switch (incoming.Kind)
        {
            case IncomingKind.Tick:
                _isTickQueued = false;
                _core!.Tick(now);
                break;
            case IncomingKind.Posted:
                incoming.Posted!(now);
                break;
            case IncomingKind.Connected:
                SayHello(incoming.Socket!);
                break;
            case IncomingKind.Segment:
                TakeSegment(now, incoming.Socket!, incoming.Segment!);
                break;
            case IncomingKind.Closed:
                TakeClosed(now, incoming.Socket!);
                break;
            default:
                throw new InvalidOperationException($"no such event: {incoming.Kind}");
        }
    }

    private void TakeSegment(Now now, SimSocket socket, byte[] segment)
    {
        _workBytes += segment.Length;
        World.Network.WasRead(socket.Other!, segment.Length);
        if (socket.Peer.Role == default)
        {
            TakeHello(now, socket, segment);
            return;
        }

        var rest = new ReadOnlySequence<byte>(segment);
        int bytesMax = socket.Peer.Role is Role.User or Role.Operator ? FrameLimits.UserBytesMax : FrameLimits.DaemonBytesMax;
        try
        {
            while (_sockets.ContainsKey(socket.Id.Value) && FrameScanner.TryRead(ref rest, bytesMax, out ReadOnlySequence<byte> bytes))
            {
                var frame = new Frame(bytes);
                if (World.Trace.KeepsLines)
                    World.Say(Name, $"<- {socket.Other!.Owner.Name} {socket.Id}: {FrameText.Of(frame)}");
                if (socket.IsOfAnotherGroup)
                    throw new ViolationException($"{Name} takes {FrameText.Of(frame)} from {socket.Other!.Owner.Name}, of group {socket.Peer.Group}");
                Receives(socket, frame);
                _core!.Received(now, socket.Id, frame);
            }
        }
        catch (ProtocolViolationException violation)
        {
            throw new ViolationException($"{Name} finds that {socket.Other!.Owner.Name} violates the protocol: {violation.Message}", violation);
        }

        Array.Fill(segment, Gone);
    }

    private void TakeClosed(Now now, SimSocket socket)
    {
        if (!_sockets.Remove(socket.Id.Value))
            return;
        if (World.Trace.KeepsLines)
            World.Say(Name, $"loses {socket.Id} to {socket.Other?.Owner.Name ?? "nobody"}");
        if (socket.IsDialled || socket.Stage == SocketStage.Open)
            _core!.Closed(now, socket.Id);
    }

    private void Touch(SimSocket socket)
    {
        if (socket.IsTouched)
            return;
        socket.IsTouched = true;
        _touched.Add(socket);
    }

    private void AddFlush(SimSocket socket)
    {
        byte[] segment = socket.Output.WrittenSpan.ToArray();
        bool closes = socket.ClosesAfterOutput;
        socket.Output.ResetWrittenCount();
        socket.IsTouched = false;
        Effect(() =>
        {
            if (segment.Length > 0)
                World.Network.Transmit(socket, segment);
            if (HasTooMuch(socket))
                World.Network.Reset(socket);
            if (!closes || socket.IsGone)
                return;
            World.Network.Transmit(socket, null);
            World.Network.Forget(socket);
        });
    }

    private void DoEffects(long run)
    {
        int dies = _diesAtNextEffects ? World.Chance.Below(_effects.Count + 1) : -1;
        for (; _nextEffect < _effects.Count; _nextEffect++)
        {
            if (dies == _nextEffect)
                break;
            if (dies < 0 && World.Chance.OneIn(1000))
                return; // the thread is preempted here: the rest follows a little later, or after a freeze
            _effects[_nextEffect]();
            if (run != _run)
                return;
        }

        if (dies >= 0)
        {
            Kill();
            return;
        }

        _effects.Clear();
        _nextEffect = 0;
    }
}
