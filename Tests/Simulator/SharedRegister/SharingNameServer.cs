using System.Buffers;
using JustHungry.NameServer.Etcd;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.World;
using Microsoft.Extensions.Logging.Abstractions;

namespace JustHungry.Simulator.SharedRegister;

/// <summary>One of several name servers: the real core over the real etcd storage, asked without sockets, killed and started again.</summary>
internal sealed class SharingNameServer : INetwork
{
    private const int TickUs = 100_000;

    private static readonly ConnectionId Operator = new(1);
    private static readonly ConnectionId FrontEnd = new(2);

    private readonly SimWorld _world;
    private readonly EtcdModel _model;
    private readonly EtcdWeather _weather;
    private readonly FrameWriter _frames = new();
    private readonly Dictionary<ulong, Action<object>> _asked = [];
    private NameServerCore? _core;
    private Action? _die;
    private ulong _lastCorrelation;
    private long _run;

    public SharingNameServer(SimWorld world, EtcdModel model, EtcdWeather weather)
    {
        (_world, _model, _weather) = (world, model, weather);
        Start();
    }

    public void Restart()
    {
        _die!();
        _asked.Clear();
        Start();
    }

    /// <summary>Asks as whoever may. No answer comes if the process ends first, or can't tell.</summary>
    public void Ask<T>(T request, Action<object> then)
        where T : struct, IMessage<T>
    {
        ConnectionId from = request is Propose { Kind: ProposalKind.Bootstrap or ProposalKind.Join or ProposalKind.Admit } ? FrontEnd
            : Operator;
        _asked.Add(++_lastCorrelation, then);
        var output = new ArrayBufferWriter<byte>(256);
        _frames.Write(output, _lastCorrelation, request);
        _core!.Received(Now(), from, new Frame(new ReadOnlySequence<byte>(output.WrittenMemory[FrameLimits.PrefixBytes..])));
    }

    public ConnectionId Dial(Endpoint endpoint) => throw new ViolationException("a name server dials nobody");

    public void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        if (_asked.Remove(correlation, out Action<object>? then))
            then(message);
    }

    /// <summary>The peer dials again at once.</summary>
    public void Close(ConnectionId connection)
    {
        NameServerCore core = _core!;
        _world.Time.After(1, () =>
        {
            if (core == _core)
                Open(connection);
        });
    }

    private void Start()
    {
        long run = ++_run;
        var etcd = new SimEtcd(_world, _model, _weather, Now);
        _die = () => etcd.IsDead = true;
        _core = new NameServerCore(this, new EtcdStorage(etcd, DiskId.None), new BootId(_world.Chance.Id()), Now(), NullLogger.Instance);
        foreach (ConnectionId peer in (ConnectionId[])[Operator, FrontEnd])
            Open(peer);
        Tick(run);
    }

    private void Open(ConnectionId peer)
    {
        Role role = peer == Operator ? Role.Operator : Role.FrontEnd;
        _core!.Opened(Now(), peer, new Hello(role, "1", DiskId.None, new BootId(5), ClusterId.None, NameRules.DefaultGroup));
    }

    private void Tick(long run) => _world.Time.After(TickUs, () =>
    {
        if (run != _run)
            return;
        _core!.Tick(Now());
        Tick(run);
    });

    private Now Now() => new(_world.NowUs / 1000, _world.UtcMs);
}
