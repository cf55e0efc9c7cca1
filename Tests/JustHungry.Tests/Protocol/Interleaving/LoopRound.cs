using System.Net;
using System.Net.Sockets;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Rpc;
using JustHungry.Simulator.World;
using JustHungry.Tests.Fuzzing;

namespace JustHungry.Tests.Protocol.Interleaving;

/// <summary>
/// One interleaving of a loop, its connections and its peers, from the loop's start to its end: who dials, asks, half closes, vanishes and
/// when, which calls end at once, what runs beside what, and whether the loop is stopped in the middle of it.
/// </summary>
internal sealed class LoopRound : IDisposable
{
    private const int TickMs = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Interleaver _interleaver;
    private readonly ScheduledTime _time;
    private readonly RecordedErrors _log = new();
    private readonly CoreLoop<LifeCore> _loop;
    private readonly LifeCore _core;
    private readonly List<Task> _peers = [];
    private readonly List<Task> _served = [];
    private readonly int _expected;
    private readonly int[] _windows;
    private bool _isStopped;

    private LoopRound(ulong seed)
    {
        _interleaver = new Interleaver(seed);
        _time = new ScheduledTime(_interleaver);
        _loop = new CoreLoop<LifeCore>(_time, _log);
        _loop.Sockets.Pool = _interleaver;
        _loop.Sockets.Connects = ConnectAsync;
        bool isLarge = Chance.OneIn(400); // so that a backlog passes the limit from which its peer is not read
        int answerLength = isLarge ? 700_000 : Chance.Pick([1, 300, 3_000]);
        _windows = isLarge ? [300_000] : [16, 300, 5_000, 1_000_000];
        _core = new LifeCore(_loop, new Random((int)(seed & int.MaxValue))) { TickMs = TickMs, AnswerLength = answerLength, Inside = _interleaver.Point };
        var peers = new ScheduledPeers(_interleaver, _time, answerLength, () => _isStopped);
        _expected = 1 + Chance.Below(4);
        for (int i = 0; i < _expected; i++)
            _interleaver.Queue(() => _peers.Add(Chance.OneIn(3) ? peers.CallAsync(Accepted()) : peers.TalkAsync(Accepted())));
        if (Chance.OneIn(2))
            _core.Dials = [.. Enum.GetValues<Dialled>().Select(d => new Endpoint("127.0.0.1", (int)d))];
    }

    private enum Dialled
    {
        Refused = 1,
        Itself,
        Silent,
    }

    private Chance Chance => _interleaver.Chance;

    /// <exception cref="Exception">What went wrong.</exception>
    public static Interleaver Run(ulong seed)
    {
        // NUnit has a context, and under any context what follows an await would run in the real pool.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            using var round = new LoopRound(seed);
            round.Run();
            return round._interleaver;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Dispose() => _loop.Dispose();

    private void Run()
    {
        Task running = _loop.RunAsync(_core);
        int stopsAfter = Chance.OneIn(2) ? Chance.Below(300) : int.MaxValue;
        RunUntil(() => _peers.Count == _expected && _peers.TrueForAll(p => p.IsCompleted), stopsAfter, "a peer waits for ever");
        _core.Dials = [];
        if (!_isStopped)
            RunUntil(() => _core.Open == 0, int.MaxValue, $"every peer has gone, and {_core.Open} connections are open");
        Stop();
        RunUntil(() => running.IsCompleted && _interleaver.IsIdle, int.MaxValue, "the loop does not end");
        RunUntil(() => _served.TrueForAll(p => p.IsCompleted), int.MaxValue, "a connection waits for ever after the end");
        running.GetAwaiter().GetResult();
        foreach (Task peer in _peers.Concat(_served))
            peer.GetAwaiter().GetResult();
        RunUntil(() => _loop.UnsentToUsers == 0, int.MaxValue, $"nobody is left, and {_loop.UnsentToUsers} bytes count as unsent");
        if (_core.Wrongs.TryPeek(out string? wrong))
            throw new InvalidOperationException(wrong);
        if (_log.Errors.Count > 0)
            throw new InvalidOperationException(_log.Errors[0]);
        if (!_loop.Stopping.IsCancellationRequested)
            throw new InvalidOperationException("the loop has ended without saying so");
    }

    private void RunUntil(Func<bool> done, int stopsAfter, string orElse)
    {
        TimeSpan until = TimeSpan.FromTicks(_time.GetTimestamp()) + Patience;
        for (int step = 0; !done(); step++)
        {
            if (step == stopsAfter)
                Stop();
            if ((_interleaver.IsIdle || Chance.OneIn(100)) && !_time.Pass(until) && _interleaver.IsIdle)
                throw new TimeoutException(orElse);
            if (!_interleaver.IsIdle)
                _interleaver.RunOne();
        }
    }

    private void Stop()
    {
        _isStopped = true;
        _loop.Stop();
    }

    /// <summary>The peer's end of a connection that the loop accepts.</summary>
    private ScheduledWire Accepted()
    {
        (ScheduledWire ours, ScheduledWire theirs) = ScheduledWire.Pair(_interleaver, Chance.Pick(_windows));
        _interleaver.Queue(() => _served.Add(ServeAsync(theirs)));
        return ours;
    }

    private async Task ServeAsync(ScheduledWire wire)
    {
        await _loop.Sockets.ServeAsync(wire, IPAddress.Loopback, static _ => Task.FromResult<SecuredLink?>(null));
        if (!wire.IsDisposed)
            throw new InvalidOperationException("a connection has ended, and its socket is open");
    }

    private async Task<(Wire Wire, SecuredLink? Link)> ConnectAsync(Endpoint endpoint, CancellationToken cancel, CancellationToken cancelHandshake)
    {
        await _interleaver.SwitchAsync();
        switch ((Dialled)endpoint.Port)
        {
            case Dialled.Itself:
                return (Accepted(), null);
            case Dialled.Silent:
                var never = new TaskCompletionSource();
                using (cancel.Register(() => _interleaver.Queue(() => never.TrySetCanceled(cancel))))
                    await never.Task;
                throw new InvalidOperationException("it was not cancelled");
            default:
                throw new SocketException((int)SocketError.ConnectionRefused);
        }
    }
}
