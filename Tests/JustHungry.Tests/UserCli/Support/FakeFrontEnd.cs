using System.Buffers;
using System.Collections.Concurrent;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Ordering;
using Microsoft.Extensions.Logging.Abstractions;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>What a fake front end does with the next request instead of answering it.</summary>
internal enum Fault
{
    None,

    /// <summary>Takes it, never answers.</summary>
    Silence,

    /// <summary>Closes without passing it on.</summary>
    CloseBefore,

    /// <summary>The shop does it; the connection closes before the answer.</summary>
    CloseAfter,
    Overloaded,
    OverloadedNotSent,
    TooFewReplicas,
    TooFewReplicasNotSent,
}

/// <summary>A front end of one process, on a real socket, that misbehaves when told to, and a name server beside it.</summary>
internal sealed class FakeFrontEnd : ICore, IAsyncDisposable
{
    private readonly CoreLoop<FakeFrontEnd> _loop = new(TimeProvider.System, NullLogger.Instance);
    private readonly FakeShop _shop;
    private readonly FakeNameServer _names;
    private Task _running = Task.CompletedTask;

    private FakeFrontEnd(FakeShop shop, string group)
    {
        _shop = shop;
        Group = group;
        _names = new FakeNameServer(this);
    }

    public string Group { get; }

    /// <summary>Where its name server listens.</summary>
    public Endpoint NameServer => _names.Endpoint;

    public Endpoint Endpoint { get; private set; }

    /// <summary>One for each of the requests to come; then all are answered.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = [];

    /// <summary>Called with each request, before anything is done with it.</summary>
    public Action? OnRequest { get; set; }

    /// <summary>Which shop it says it serves.</summary>
    public ClusterId Cluster { get; set; } = new(0xC1);

    /// <summary>Every connection is refused at its hello.</summary>
    public bool RefusesHellos { get; set; }

    /// <summary>What its name server answers.</summary>
    public IReadOnlyList<Endpoint> Listed { get; set; } = [];

    /// <summary>Closes each user's connection after an answer, as an idle one may be.</summary>
    public bool ClosesAfterAnswer { get; set; }

    /// <summary>What becomes of the bytes of each answer.</summary>
    public Func<byte[], byte[]>? Damage { get; set; }

    public int Connections { get; private set; }

    /// <summary>The requests that came here, also those answered with a fault.</summary>
    public ConcurrentQueue<RequestId> Seen { get; } = [];

    public static async Task<FakeFrontEnd> StartAsync(FakeShop shop, string group = NameRules.DefaultGroup)
    {
        var frontEnd = new FakeFrontEnd(shop, group);
        frontEnd._running = frontEnd._loop.RunAsync(frontEnd);
        frontEnd.Endpoint = await frontEnd._loop.ListenAsync(new Endpoint("127.0.0.1", 0));
        await frontEnd._names.StartAsync();
        frontEnd.Listed = [frontEnd.Endpoint, frontEnd.Endpoint]; // an oldest front end has two names
        return frontEnd;
    }

    public async ValueTask DisposeAsync()
    {
        _loop.Stop();
        await _running;
        _loop.Dispose();
        await _names.DisposeAsync();
    }

    public Hello OwnHello() => new(Role.FrontEnd, "", DiskId.None, new BootId(1), Cluster, Group);

    public HelloRefusal? Screen(in Hello peer) => RefusesHellos || peer.Group != Group ? HelloRefusal.OtherGroup : null;

    public void Opened(Now now, ConnectionId connection, in Hello peer) => Connections++;

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        OnRequest?.Invoke();
        UserRequest request = frame.As<Request>().Content;
        Seen.Enqueue(request.RequestId);
        Fault fault = Faults.TryDequeue(out Fault next) ? next : Fault.None;
        switch (fault)
        {
            case Fault.Silence:
                break;
            case Fault.CloseBefore:
                _loop.Close(connection);
                break;
            case Fault.CloseAfter:
                _ = _shop.Execute(request);
                _loop.Close(connection);
                break;
            default:
                Answer answer = fault switch
                {
                    Fault.Overloaded => new RefusalAnswer(AnswerCode.Overloaded),
                    Fault.OverloadedNotSent => new RefusalAnswer(AnswerCode.Overloaded, NotSent: true),
                    Fault.TooFewReplicas => new RefusalAnswer(AnswerCode.TooFewReplicas),
                    Fault.TooFewReplicasNotSent => new RefusalAnswer(AnswerCode.TooFewReplicas, NotSent: true),
                    _ => _shop.Execute(request),
                };
                byte[] bytes = answer.ToBytes();
                _loop.Send(connection, frame.Correlation, new Reply(new ReadOnlySequence<byte>(Damage?.Invoke(bytes) ?? bytes)));
                if (ClosesAfterAnswer)
                    _loop.Close(connection);
                break;
        }
    }

    public void Closed(Now now, ConnectionId connection)
    {
    }

    public void Tick(Now now)
    {
    }

    public void BatchEnded(Now now)
    {
    }
}
