using System.Buffers;
using System.Collections.Concurrent;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Tests.Fuzzing;

/// <summary>
/// A core that answers, closes, dials and gives up, and writes down each event that its loop must not have brought: of a connection that is
/// not open, twice, out of order, or in two threads at once.
/// </summary>
internal sealed class LifeCore(INetwork network, Random random) : ICore
{
    /// <summary>Long enough for a user who asks often and reads slowly to have a backlog.</summary>
    public const int AnswerBytes = 50_000;

    /// <summary>The last frame of each open connection; null if several calls at once may come in any order.</summary>
    private readonly Dictionary<ConnectionId, ulong?> _open = [];

    private readonly HashSet<ConnectionId> _dialling = [];
    private readonly HashSet<ConnectionId> _dialled = [];
    private int _openCount;
    private int _inside;

    public ConcurrentQueue<string> Wrongs { get; } = new();

    /// <summary>Where to dial now and then: itself, and where nobody listens.</summary>
    public Endpoint[] Dials { get; set; } = [];

    public int TickMs { get; init; } = Timing.TickMs;

    public int AnswerLength { get; init; } = AnswerBytes;

    /// <summary>Called in the middle of each step.</summary>
    public Action? Inside { get; init; }

    public int Open => Volatile.Read(ref _openCount);

    public Hello OwnHello() => new(Role.FrontEnd, "life", DiskId.None, new BootId(1), ClusterId.None, "JH_orders");

    public HelloRefusal? Screen(in Hello peer) => peer.Role == Role.NameServer ? HelloRefusal.WrongRole : null;

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        ulong? last = peer.Role == Role.Operator ? null : 0;
        Step(() =>
        {
            if (!_open.TryAdd(connection, last))
                Wrongs.Enqueue($"{connection} opens twice");
            if (_dialling.Remove(connection))
                _dialled.Add(connection);
        });
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        ulong correlation = frame.Correlation;
        MessageType type = frame.Type;
        Step(() =>
        {
            if (!_open.TryGetValue(connection, out ulong? last))
                Wrongs.Enqueue($"{type} on {connection}, which is not open");
            else if (last is not null && correlation != last + 1)
                Wrongs.Enqueue($"{connection}: frame {correlation} after {last}");
            if (last is not null)
                _open[connection] = correlation;
        });
        switch (type)
        {
            case MessageType.Ping:
                network.Send(connection, correlation, default(Pong));
                break;
            case MessageType.Count:
                network.Send(connection, correlation, new Reply(new ReadOnlySequence<byte>(AnswerOf(correlation, AnswerLength))));
                break;
            case MessageType.Status:
                network.Send(connection, correlation, default(Pong));
                network.Close(connection);
                _open.Remove(connection);
                break;
            default:
                throw new ProtocolViolationException("this core knows no such message");
        }
    }

    public void Closed(Now now, ConnectionId connection) => Step(() =>
    {
        if (!_open.Remove(connection) && !_dialling.Remove(connection))
            Wrongs.Enqueue($"{connection} closes, which was not open");
        _dialled.Remove(connection);
    });

    public void Tick(Now now) => Step(() =>
    {
        foreach (ConnectionId connection in _dialling.Concat(_dialled).Where(_ => random.Next(3) == 0).ToArray())
        {
            network.Close(connection);
            _dialling.Remove(connection);
            _dialled.Remove(connection);
            _open.Remove(connection);
        }

        if (Dials.Length > 0)
            _dialling.Add(network.Dial(Dials[random.Next(Dials.Length)]));
    });

    public void BatchEnded(Now now) => Volatile.Write(ref _openCount, _open.Count + _dialling.Count);

    public static byte[] AnswerOf(ulong correlation, int length = AnswerBytes)
    {
        byte[] answer = new byte[length];
        for (int i = 0; i < answer.Length; i++)
            answer[i] = (byte)((i * 7) + (i >> 8) + (int)correlation);
        return answer;
    }

    private void Step(Action step)
    {
        if (Interlocked.Exchange(ref _inside, 1) != 0)
            Wrongs.Enqueue("two steps at once");
        Inside?.Invoke();
        step();
        Volatile.Write(ref _inside, 0);
    }
}
