using System.Buffers;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Tests.Protocol.Framing;
using Microsoft.Extensions.Logging;

namespace JustHungry.Tests.NameServer;

/// <summary>A name server's core without sockets: questions in, answers out, time and restarts by hand.</summary>
internal sealed class CoreFixture : INetwork
{
    private static readonly ConnectionId Operator = new(1);
    private static readonly ConnectionId FrontEnd = new(2);

    private readonly INameStorage _storage;
    private readonly List<byte[]> _sent = [];
    private NameServerCore _core;

    public CoreFixture(INameStorage storage)
    {
        _storage = storage;
        _core = NewCore();
    }

    public long NowMs { get; private set; }

    public RecordingLog Log { get; } = new();

    /// <summary>Runs at the moment an answer is sent.</summary>
    public Action? OnSend { get; set; }

    /// <summary>The process dies and begins anew with what the storage holds.</summary>
    public void Restart() => _core = NewCore();

    /// <summary>Lets time pass, tick by tick as the loop would.</summary>
    public void Pass(long ms)
    {
        for (long end = NowMs + ms; NowMs < end;)
        {
            NowMs = Math.Min(end, NowMs + Timing.TickMs);
            _core.Tick(new Now(NowMs, 0));
        }
    }

    /// <summary>Time passes, and the process sees nothing of it.</summary>
    public void StandStill(long ms)
    {
        NowMs += ms;
        _core.Tick(new Now(NowMs, 0));
    }

    public TAnswer Ask<TRequest, TAnswer>(TRequest request)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer>
    {
        Send(request);
        return Answer<TAnswer>();
    }

    /// <summary>Asks without waiting for an answer, which a shared storage may give later.</summary>
    public void Send<TRequest>(TRequest request)
        where TRequest : struct, IMessage<TRequest>
    {
        _sent.Clear();
        byte[] frame = FrameBytes.Encode(9, request);
        ConnectionId asker = request is Propose { Kind: ProposalKind.Bootstrap or ProposalKind.Join or ProposalKind.Admit } ? FrontEnd : Operator;
        _core.Received(new Now(NowMs, 0), asker, new Frame(new ReadOnlySequence<byte>(frame, FrameLimits.PrefixBytes, frame.Length - FrameLimits.PrefixBytes)));
    }

    /// <summary>How many answers the last question got.</summary>
    public int Answers => _sent.Count;

    public TAnswer Answer<TAnswer>()
        where TAnswer : struct, IMessage<TAnswer> => FrameBytes.Decode<TAnswer>(_sent.Single());

    public ConnectionId Dial(Endpoint endpoint) => throw new InvalidOperationException("a name server dials nobody");

    public void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        OnSend?.Invoke();
        _sent.Add(FrameBytes.Encode(correlation, message));
    }

    public void Close(ConnectionId connection) => throw new InvalidOperationException("a name server closes nobody");

    private NameServerCore NewCore()
    {
        var core = new NameServerCore(this, _storage, new BootId(1), new Now(NowMs, 0), Log);
        core.Opened(new Now(NowMs, 0), Operator, new Hello(Role.Operator, "operator", DiskId.None, new BootId(2), ClusterId.None, NameRules.DefaultGroup));
        core.Opened(new Now(NowMs, 0), FrontEnd, new Hello(Role.FrontEnd, "front end", DiskId.None, new BootId(3), ClusterId.None, NameRules.DefaultGroup));
        return core;
    }
}

/// <summary>Keeps the lines of Error and above.</summary>
internal sealed class RecordingLog : ILogger
{
    public List<string> Errors { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Errors.Add(formatter(state, exception));
    }
}
