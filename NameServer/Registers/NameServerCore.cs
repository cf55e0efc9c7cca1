using JustHungry.Protocol.Access;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// The name server: a <see cref="Registry"/> and a <see cref="ViewRegister"/> for each group that has a view, as the storage holds them
/// (<see cref="KnownState"/>). Driven by one loop. Its one rule: a change is stored before anybody is told of it or can see it.
/// </summary>
internal sealed class NameServerCore : ICore
{
    /// <summary>Ten ticks: a gap of a second means that the process or its machine was stopped.</summary>
    private const long StandstillMs = 1_000;

    private readonly INetwork _network;
    private readonly BootId _boot;
    private readonly DiskId _register;
    private readonly ILogger _log;
    private readonly KnownState _known;
    private readonly NameRequests _names;
    private readonly ViewRequests _views;
    private readonly OrderedDictionary<ConnectionId, Hello> _peers = [];
    private long _lastTickMs;
    private bool _hasBegun;

    /// <summary>Starts from what the storage holds.</summary>
    public NameServerCore(INetwork network, INameStorage storage, BootId boot, Now now, ILogger log)
    {
        _network = network;
        _boot = boot;
        _register = storage.Register;
        _log = log;
        _known = new KnownState(storage, now, log) { Restored = OnRestored };
        _names = new NameRequests(_known, storage, log);
        _views = new ViewRequests(_known, storage, log);
        _known.Returned = later => _views.SinceMs = later.Ms;
        _lastTickMs = now.Ms;
    }

    /// <summary>Only leases wait for a tick, and they last a hundred times as long.</summary>
    public int TickMs => 100;

    public int Names => _known.Names.Count;

    public int Groups => _known.Groups.Count;

    /// <summary>Groups whose view can't change until an operator acts.</summary>
    public int UnhealthyGroups => _known.Groups.UnhealthyCount;

    public GroupHealth HealthOf(string group) => _known.Groups.HealthOf(group);

    /// <summary>Nobody can tell what a shared storage holds now, so no view changes.</summary>
    public bool IsStorageAway => !_known.IsCurrent;

    /// <summary>Views made since the start.</summary>
    public long ViewsMade => _views.Made;

    public Hello OwnHello() => new(Role.NameServer, "nameserver", _register, _boot, ClusterId.None, "");

    /// <summary>Everybody may ask something, except another name server; <see cref="AccessTable"/> says what.</summary>
    public HelloRefusal? Screen(in Hello peer) => peer.Role == Role.NameServer ? HelloRefusal.WrongRole : null;

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        BeginOnce(now);
        _peers.Add(connection, peer);
    }

    /// <summary>A name outlives its connection: the lease decides.</summary>
    public void Closed(Now now, ConnectionId connection) => _peers.Remove(connection);

    public void BatchEnded(Now now)
    {
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        Hello peer = _peers.GetValueOrDefault(connection);
        AccessTable.Demand(Role.NameServer, peer.Role, Deeds.AtNameServer(peer, frame));
        var asker = new Asker(_network, connection, peer.Group, frame.Correlation);
        switch (frame.Type)
        {
            case MessageType.Register:
                _names.Register(now, asker, frame.As<Register>());
                break;
            case MessageType.Remove:
                _names.Remove(now, asker, frame.As<Remove>());
                break;
            case MessageType.Lookup:
                _names.Lookup(now, asker, frame.As<Lookup>());
                break;
            case MessageType.List:
                _names.List(now, asker, frame.As<List>());
                break;
            case MessageType.Count:
                _names.Count(now, asker);
                break;
            case MessageType.Ping:
                asker.Answer(default(Pong));
                break;
            case MessageType.GetView:
                _views.Get(now, asker, frame.As<GetView>());
                break;
            case MessageType.GetHistory:
                _views.GetHistory(now, asker, frame.As<GetHistory>());
                break;
            case MessageType.Propose:
                _views.Propose(now, asker, frame.As<Propose>());
                break;
            default:
                throw new ProtocolViolationException($"{frame.Type} is nothing for a name server");
        }
    }

    public void Tick(Now now)
    {
        BeginOnce(now);
        long gapMs = now.Ms - _lastTickMs;
        _lastTickMs = now.Ms;
        if (gapMs > StandstillMs)
        {
            Rare.Reached(RareBranch.NameServerStoodStill);
            Log.StoodStill(_log, gapMs);
            _known.Names.Extend(gapMs);
        }

        _names.EndLeases(now);
        _known.Tick(now);
    }

    /// <summary>Its time begins with its first event: until then it was not to be reached, whatever its process waited for.</summary>
    private void BeginOnce(Now now)
    {
        if (_hasBegun)
            return;

        _hasBegun = true;
        _known.Names.Extend(now.Ms - _lastTickMs);
        _views.SinceMs = _lastTickMs = now.Ms;
    }

    /// <summary>
    /// As after a start on an old copy: nothing changes until every replica has said which epoch it adopted, or has had time to. Everybody
    /// registers as soon as they have dialled again.
    /// </summary>
    private void OnRestored(Now now)
    {
        Log.StorageRestored(_log);
        _views.SinceMs = now.Ms;
        foreach (ConnectionId connection in _peers.Keys)
            _network.Close(connection);
        _peers.Clear();
    }
}
