using JustHungry.Protocol.Access;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// What users see as the server. Locates the replicas, keeps a primary promoted, takes requests to it, and answers once they are
/// propagated. Keeps nothing on disk: any number of front ends may run. This class only hands each event to the part it concerns.
/// </summary>
internal sealed class FrontEndCore : ICore
{
    private readonly INetwork _network;
    private readonly FrontEndSettings _settings;
    private readonly IFrontEndEvents _events;
    private readonly BootId _boot;
    private readonly ViewInForce _inForce;
    private readonly NameServerWatch _nameServer;
    private readonly ReplicaDirectory _replicas;
    private readonly Announcements _announce;
    private readonly BootstrapPolicy _bootstrap;
    private readonly PromotionPolicy _promote;
    private readonly DropPolicy _drop;
    private readonly JoinPolicy _join;
    private readonly Proposals _propose;
    private readonly Relay _relay;
    private readonly ShortageWatch _require;
    private readonly ViewIntake _views;
    private readonly ReplicaInbox _hear;
    private readonly SortedDictionary<long, UserConnection> _users = [];
    private readonly OrderedDictionary<ConnectionId, Role> _othersWhoDialled = [];
    private readonly OwnPauses _pauses = new();
    private UserConnection? _lastUser;
    private bool _hasNews;
    private bool _hasRegistered;
    private long? _stopAtMs;
    private Now _tickedAt;

    /// <param name="freshId">Yields 128 bits that nobody else draws: for ids of proposals and of the cluster, and for jitter.</param>
    public FrontEndCore(INetwork network, FrontEndSettings settings, BootId boot, Func<UInt128> freshId, IFrontEndEvents events)
    {
        _network = network;
        _settings = settings;
        _events = events;
        _boot = boot;
        _inForce = new ViewInForce(settings);
        _nameServer = new NameServerWatch(network, settings, boot, events);
        _replicas = new ReplicaDirectory(network, _inForce, events);
        _announce = new Announcements(network, _inForce, _replicas);
        _bootstrap = new BootstrapPolicy(_inForce, _replicas, settings, freshId);
        var blame = new Blame();
        var succession = new Succession(_replicas, blame);
        _relay = new Relay(network, settings.Limits, events);
        _promote = new PromotionPolicy(_inForce, _replicas, succession, blame, freshId);
        _drop = new DropPolicy(_inForce, _replicas, _relay, succession, blame, events);
        _join = new JoinPolicy(_inForce, _replicas, _drop, blame);
        _propose = new Proposals(_nameServer, _inForce, freshId, events);
        _views = new ViewIntake(_inForce, _replicas, _relay, _drop, events);
        _hear = new ReplicaInbox(_nameServer, _inForce, _replicas, _views, _drop, _relay, events);
        _require = new ShortageWatch(settings, _nameServer, _inForce, _replicas, _relay, events);
    }

    /// <summary>Requests taken and not answered yet.</summary>
    public int Waiting => _relay.Waiting;

    public int Users => _users.Count;

    /// <summary>The epoch of the view in force; none before the first view.</summary>
    public Epoch Epoch => _inForce.Epoch;

    /// <summary>What this front end knows of the group, as of its last tick.</summary>
    public GroupKnowledge Knowledge => new()
    {
        Group = _settings.Group,
        NameServer = _settings.NameServers,
        NameServerAnswers = _nameServer.IsOpen,
        Health = _inForce.Health,
        View = _inForce.View,
        MinReplicasAtFirst = _settings.MinReplicas,
        HeldUpBy = _drop.HeldUpBy(_tickedAt),
        Replicas = [.. _replicas.Replicas.Where(r => r.Fits(_inForce.Cluster)).Select(r => new KnownReplica(r.Member, ReplicaDirectory.IsAnswering(_tickedAt, r) ? r.Report : null) { Clock = r.Clock })],
        FrontEnds = [new KnownFrontEnd(_settings.Own.ToString(), Answers: true, _promote.HearsPrimary(_tickedAt))],
    };

    public Hello OwnHello() => new(Role.FrontEnd, _boot.ToString(), DiskId.None, _boot, _inForce.Cluster, _settings.Group);

    public HelloRefusal? Screen(in Hello peer) =>
        peer.Group != _settings.Group ? HelloRefusal.OtherGroup
        : peer.Role is not (Role.User or Role.Operator or Role.FrontEnd) ? HelloRefusal.WrongRole
        : _stopAtMs is not null ? HelloRefusal.Stopping
        : null;

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (connection == _nameServer.Connection)
            _nameServer.Opened(now, peer);
        else if (!_replicas.Opened(now, connection, peer, _settings.Group))
            Welcome(connection, peer.Role);
        _hasNews = true;
    }

    private void Welcome(ConnectionId connection, Role peer)
    {
        if (peer == Role.User)
            _users.Add(connection.Value, new UserConnection(connection));
        else
            _othersWhoDialled.Add(connection, peer);
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (_users.Remove(connection.Value, out UserConnection? user))
        {
            user.IsOpen = false;
            _lastUser = null;
            return;
        }

        if (_othersWhoDialled.Remove(connection))
            return;

        if (connection == _nameServer.Connection)
        {
            _nameServer.Closed(now);
            _inForce.NameServerLost();
        }
        else if (_replicas.Closed(now, connection) is not null)
        {
            _views.PointRelay(now);
            _nameServer.AskNow(now);
        }

        _hasNews = true;
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (frame.Type != MessageType.Request && _replicas.Find(connection) is { } replica)
            _hasNews |= _hear.Received(now, replica, frame);
        else if (frame.Type != MessageType.Request && connection == _nameServer.Connection)
        {
            _nameServer.Heard(now);
            ReceiveFromNameServer(now, frame);
        }
        else
            ReceiveFromWhoDialled(now, connection, frame);
    }

    public void Tick(Now now)
    {
        _tickedAt = now;
        long lostMs = _pauses.LostMs(now);
        bool hasPaused = lostMs > 0;
        if (hasPaused)
            _replicas.Forgive(now, lostMs);

        if (!_hasRegistered)
        {
            _hasRegistered = true;
            _nameServer.RegisterNames(now);
        }

        _nameServer.Tick(now);
        _replicas.Tick(now);
        _views.PointRelay(now);
        _require.Tick(now);
        if (_require.HasStarted)
            _relay.Tick(now, isShort: _replicas.CountAnswering(now) < _inForce.MinReplicas, hasPaused);
        _hasNews = true;
        if (_stopAtMs is { } stopAt && (now.Ms >= stopAt || _relay.Waiting == 0))
            End();
    }

    public void BatchEnded(Now now)
    {
        if (_hasNews && !_require.HasEnded)
        {
            _hasNews = false;
            _announce.Announce(now);
            _announce.SyncPrimary(now);
            _propose.Pursue(now, _bootstrap.Consider(now) ?? _promote.Consider(now) ?? _drop.Consider(now) ?? _join.Consider(now));
        }

        _relay.BatchEnded(now);
    }

    /// <summary>Takes no more requests, gives its names back, waits at most a second for the answers in flight, and ends.</summary>
    public void BeginStop(Now now)
    {
        if (_stopAtMs is not null)
            return;

        _stopAtMs = now.Ms + Timing.ResignMs;
        _relay.IsStopping = true;
        _nameServer.RemoveNames();
    }

    private void End()
    {
        _stopAtMs = long.MaxValue;
        _events.Ended(0, null);
    }

    private void ReceiveFromWhoDialled(Now now, ConnectionId connection, in Frame frame)
    {
        UserConnection? user = FindUser(connection);
        Role peer = user is null ? _othersWhoDialled.GetValueOrDefault(connection) : Role.User;
        AccessTable.Demand(Role.FrontEnd, peer, Deeds.AtFrontEnd(frame.Type));
        switch (frame.Type)
        {
            case MessageType.Request:
                ReceiveRequest(now, user!, frame);
                break;
            case MessageType.Ping:
                _network.Send(connection, frame.Correlation, default(Pong));
                break;
            case MessageType.FrontEndStatus:
                _network.Send(
                    connection, frame.Correlation, new FrontEndReport(_boot, _inForce.Epoch, _promote.HearsPrimary(now), _users.Count, _relay.Waiting, _relay.OrdersPlaced));
                break;
            default:
                throw new ProtocolViolationException($"{frame.Type} to a front end");
        }
    }

    private UserConnection? FindUser(ConnectionId connection)
    {
        if (_lastUser is null || _lastUser.Id != connection)
            _lastUser = _users.GetValueOrDefault(connection.Value);
        return _lastUser;
    }

    private void ReceiveRequest(Now now, UserConnection user, in Frame frame)
    {
        Request request;
        try
        {
            request = frame.As<Request>();
        }
        catch (ProtocolViolationException)
        {
            _relay.Refuse(user.Id, frame.Correlation);
            return;
        }

        _relay.Take(now, user, frame.Correlation, request.Content);
    }

    private void ReceiveFromNameServer(Now now, in Frame frame)
    {
        if (frame.Type == MessageType.Pong)
            return;

        _hasNews = true;
        switch (frame.Type)
        {
            case MessageType.Registered:
                _nameServer.Registered(frame.Correlation);
                _views.SetHealth(frame.As<Registered>().Health);
                break;
            case MessageType.NameRefused:
                _nameServer.NameRefused(frame.Correlation);
                break;
            case MessageType.Listed:
                _replicas.Listed(now, frame.As<Listed>().Registrations);
                _replicas.Tick(now); // dials the new ones
                _nameServer.Listed();
                break;
            case MessageType.ViewIs:
                ViewIs view = frame.As<ViewIs>();
                _views.SetHealth(view.Health);
                if (view.View is not null)
                    _views.TakeIntoForce(now, view.View, isFromNameServer: true);
                else
                    _inForce.NoneAtNameServer(now);
                break;
            case MessageType.Proposed:
                Proposed answer = frame.As<Proposed>();
                ViewChange? change = _propose.Answered(now, frame.Correlation, answer);
                if (answer.View is not null)
                    _views.TakeIntoForce(now, answer.View, isFromNameServer: true, answer.Outcome == ProposalOutcome.Accepted ? change?.Reason : null);
                break;
            default:
                break; // answers to Remove
        }
    }
}
