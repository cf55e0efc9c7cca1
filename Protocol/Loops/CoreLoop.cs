using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Loops;

/// <summary>
/// Drives a core: one loop takes events (frames, ticks, connections, what the daemon posts) from one queue, steps the core, and flushes
/// each touched connection once per batch. The loop owns everything mutable here, unless said otherwise.
/// </summary>
/// <remarks>The queue is bounded by its sources: one read per connection, one tick, one disk completion of each kind.</remarks>
public abstract class CoreLoop : INetwork, IConnectionOwner, IDisposable
{
    // Not SingleReader: such a channel has no count, and a batch is what was queued when it began. Synchronous: a thread that brings an
    // event while the loop waits runs that batch itself. So at light load nothing is handed from thread to thread, which would cost more
    // than a step.
    private readonly Channel<LoopEvent> _events = Channel.CreateUnbounded<LoopEvent>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });
    private readonly Dictionary<ConnectionId, Connection> _connections = [];
    private readonly HashSet<ConnectionId> _dialling = [];
    private readonly List<Connection> _touched = [];
    private readonly List<(Connection Connection, ReadOnlySequence<byte> Left)> _taken = [];
    private readonly ConnectionSweep _sweep;
    private readonly FrameWriter _frames = new();
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly bool _traces;
    private readonly CancellationTokenSource _stopping = new();
    private int _tickQueued;
    private bool _isReplica;

    private protected CoreLoop(TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _log = log;
        _traces = log.IsEnabled(LogLevel.Trace); // asked once, so that a frame costs only the check of this flag
        _started = time.GetTimestamp();
        Sockets = new Sockets(this, time, log, new AcceptedConnections());
        _sweep = new ConnectionSweep(log);
    }

    /// <summary>Cancelled when the loop ends.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Where its connections come from.</summary>
    internal Sockets Sockets { get; }

    /// <summary>How many events wait for the loop. May be called from any thread.</summary>
    public int Queued => _events.Reader.Count;

    /// <summary>Ends the loop after the events that are queued now. May be called from any thread.</summary>
    public void Stop() => _events.Writer.TryComplete();

    /// <summary>How its connections are secured; not at all unless this is called, before it listens or runs.</summary>
    public void Secure(LinkSecurity security) => Sockets.Security = security;

    /// <summary>Whom this process trusts has changed: ends the connections whose peers it would not trust today. From any thread.</summary>
    public void RecheckPeers() => Sockets.Recheck();

    public void Dispose()
    {
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>False if the loop has ended.</summary>
    private protected bool PostWork(Action<ICore, Now> work) => _events.Writer.TryWrite(new LoopEvent(EventKind.Posted, null, default, work));

    private protected async Task RunCoreAsync(ICore core)
    {
        _isReplica = core.OwnHello().Role == Role.Replica;
        using ITimer timer = _time.CreateTimer(_ => QueueTick(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(core.TickMs));
        try
        {
            bool isBorrowed = true; // the thread belongs to whoever started the loop, or brought an event while it waited
            while (true)
            {
                ValueTask<bool> brought = _events.Reader.WaitToReadAsync();
                if (!brought.IsCompleted)
                {
                    isBorrowed = true;
                }
                else if (isBorrowed)
                {
                    await Sockets.Pool.SwitchAsync(); // after one batch: the thread's owner has work of its own
                    isBorrowed = false;
                }

                if (!await brought.ConfigureAwait(false))
                    break;
                StepBatch(core);
            }
        }
        finally
        {
            _events.Writer.TryComplete();
            await Sockets.Pool.SwitchAsync(); // leave the thread that ended the loop: whoever awaits the end may join it, as the daemon joins its disk's
            await _stopping.CancelAsync().ConfigureAwait(false);
            foreach (Connection connection in _connections.Values)
            {
                connection.Flush();
                await connection.Output.CompleteAsync().ConfigureAwait(false);
            }

            await Task.WhenAny(Task.WhenAll(_connections.Values.Select(c => c.Sending)), Task.Delay(TimeSpan.FromMilliseconds(Timing.DrainMs), _time)).ConfigureAwait(false);
        }
    }

    public ConnectionId Dial(Endpoint endpoint)
    {
        ConnectionId connection = Sockets.Dial(endpoint);
        _dialling.Add(connection);
        return connection;
    }

    public void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        if (!_connections.TryGetValue(connection, out Connection? open))
            return;

        _frames.Write(open.Output, correlation, message);
        if (_traces)
            Log.FrameSent(_log, connection, open.Describe(), FrameText.Of(correlation, message));
        if (!open.IsTouched)
        {
            open.IsTouched = true;
            _touched.Add(open);
        }
    }

    public void Close(ConnectionId connection)
    {
        _dialling.Remove(connection);
        if (!_connections.Remove(connection, out Connection? open))
            return;

        open.Flush();
        open.Output.Complete();
        Sockets.AbortLater(open);
    }

    public long Unsent(ConnectionId connection) => _connections.TryGetValue(connection, out Connection? open) ? open.UnsentBytes : 0;

    public long UnsentToUsers => _sweep.UnsentToUsers.Bytes;

    /// <summary>Begins to listen. Port 0 takes any free port; the result has the real one.</summary>
    /// <exception cref="SocketException">The endpoint is in use or not this machine's.</exception>
    public Task<Endpoint> ListenAsync(Endpoint endpoint) => Sockets.ListenAsync(endpoint);

    bool IConnectionOwner.IsReplica => _isReplica;

    long IConnectionOwner.ClockMs => ClockMs();

    /// <summary>Asks the core in the loop, for a connection that opens outside it.</summary>
    Task<(Hello Own, HelloRefusal? Refusal)> IConnectionOwner.ScreenAsync(Hello? peer)
    {
        var answer = new TaskCompletionSource<(Hello, HelloRefusal?)>();
        if (!PostWork((core, _) => Answer(core.OwnHello(), peer is { } p ? core.Screen(p) : null)))
            answer.SetException(new ConnectionLostException("this process is stopping"));
        return answer.Task;

        void Answer(Hello own, HelloRefusal? refusal) => Sockets.Pool.Queue(() => answer.SetResult((own, refusal)));
    }

    void IConnectionOwner.PostOpened(Connection connection)
    {
        if (!_events.Writer.TryWrite(new LoopEvent(EventKind.Opened, connection, default, null)))
            connection.Abort(); // stopping: nobody would ever answer or close it
    }

    void IConnectionOwner.PostFrames(Connection connection, ReadOnlySequence<byte> frames)
    {
        if (!_events.Writer.TryWrite(new LoopEvent(EventKind.Frames, connection, frames, null)))
            connection.Turn.End(default); // stopping: nobody will take the frames
    }

    void IConnectionOwner.PostClosed(ConnectionId connection) => _events.Writer.TryWrite(new LoopEvent(EventKind.Closed, null, default, null, connection));

    private long ClockMs() => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    private Now ReadClock() => new(ClockMs(), _time.GetUtcNow().ToUnixTimeMilliseconds());

    private void QueueTick()
    {
        if (Interlocked.Exchange(ref _tickQueued, 1) == 0)
            _events.Writer.TryWrite(new LoopEvent(EventKind.Tick, null, default, null));
    }

    /// <summary>Handles everything that is queued now as one batch.</summary>
    private void StepBatch(ICore core)
    {
        Now now = ReadClock();
        for (int queued = _events.Reader.Count; queued > 0 && _events.Reader.TryRead(out LoopEvent e); queued--)
            Step(core, now, e);
        core.BatchEnded(now);

        foreach (Connection connection in _touched)
        {
            if (connection.Flush() || !_connections.ContainsKey(connection.Id))
                continue;
            Log.SlowPeerDropped(_log, connection.Id, connection.Describe());
            connection.Abort(); // Closed follows from its reader
        }

        _touched.Clear();
        foreach ((Connection connection, ReadOnlySequence<byte> left) in _taken)
            connection.Turn.End(left);
        _taken.Clear();
    }

    private void Step(ICore core, Now now, in LoopEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.Frames:
                _taken.Add((e.Connection!, StepFrames(core, now, e.Connection!, e.Frames)));
                break;
            case EventKind.Tick:
                Volatile.Write(ref _tickQueued, 0);
                core.Tick(now);
                _sweep.Tick(now, _connections.Values);
                break;
            case EventKind.Opened:
                e.Connection!.LastReceivedMs = now.Ms;
                if (e.Connection.Peer.Role == Role.User)
                    e.Connection.Backlog.CountIn(_sweep.UnsentToUsers);
                if (e.Connection.IsDialled && !_dialling.Contains(e.Connection.Id))
                {
                    e.Connection.Output.Complete(); // given up by the core while it was being dialled
                    Sockets.AbortLater(e.Connection);
                    break;
                }

                _connections.Add(e.Connection.Id, e.Connection);
                _dialling.Remove(e.Connection.Id);
                if (_log.IsEnabled(LogLevel.Debug))
                    Log.ConnectionOpened(_log, e.Connection.Id, e.Connection.Describe(), e.Connection.IsDialled ? "dialled" : "accepted");
                core.Opened(now, e.Connection.Id, e.Connection.Peer);
                break;
            case EventKind.Closed:
                StepClosed(core, now, e.ClosedId);
                break;
            case EventKind.Posted:
                e.Posted!(core, now);
                break;
            default:
                throw new InvalidOperationException($"no such event: {e.Kind}");
        }
    }

    /// <summary>Returns the frames that are left for later, when there is room for their answers.</summary>
    private ReadOnlySequence<byte> StepFrames(ICore core, Now now, Connection connection, ReadOnlySequence<byte> frames)
    {
        connection.LastReceivedMs = now.Ms;
        try
        {
            // Re-checked frame by frame: a step may close the connection.
            while (_connections.ContainsKey(connection.Id))
            {
                if (connection.IsHeldBack)
                    return frames;
                if (!FrameScanner.TryRead(ref frames, connection.FrameBytesMax, out ReadOnlySequence<byte> frame))
                    break;

                var received = new Frame(frame);
                if (_traces)
                    Log.FrameReceived(_log, connection.Id, connection.Describe(), FrameText.Of(received));
                core.Received(now, connection.Id, received);
            }
        }
        catch (ProtocolViolationException violation)
        {
            Log.ProtocolViolated(_log, connection.Id, connection.Describe(), violation.Message);
            connection.Abort();
            StepClosed(core, now, connection.Id);
        }

        return default;
    }

    /// <summary>Tells the core, unless it closed the connection itself or knows already.</summary>
    private void StepClosed(ICore core, Now now, ConnectionId connection)
    {
        bool dialling = _dialling.Remove(connection);
        bool open = _connections.Remove(connection, out Connection? ended);
        ended?.Output.Complete(); // by the loop, its only writer
        if (dialling || open)
            core.Closed(now, connection);
    }
}
