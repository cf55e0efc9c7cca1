using JustHungry.Protocol.Access;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Replication;

/// <summary>
/// A replica. REPLICATION.md describes the protocol; this class only passes each event to the part it concerns, chosen by the connection it
/// came on. Owned by the daemon's loop, as is everything it is made of.
/// </summary>
internal sealed class ReplicaCore : ICore
{
    private readonly ReplicaContext _replica;
    private readonly Peers _peers;
    private readonly NameRegistration _names;
    private readonly PeerReach _reach;
    private readonly Checkpointing _checkpointing;
    private readonly Installations _installations;
    private readonly Adoption _adoption;
    private readonly OwnerNews _ownerNews;

    public ReplicaCore(
        ReplicaIdentity self, RecoveredDisk recovered, ReplicaOptions options, INetwork network, IReplicaDisk disk, IReplicaHost host, IReplicaEvents events)
    {
        _replica = new ReplicaContext(self, recovered, options, network, disk, events);
        _ownerNews = new OwnerNews(_replica);
        _peers = new Peers(network);
        _names = new NameRegistration(_replica, new NameServerLink(network, self.NameServers) { OtherRegisterMet = _replica.Events.OtherRegisterMet }, host, self.Advertised, self.Replaces);
        _reach = new PeerReach(_replica);
        _checkpointing = new Checkpointing(_replica);
        _installations = new Installations(_replica);
        _adoption = new Adoption(
            recovered.Adopted, _replica, _installations, _reach, _names,
            (now, view) => new Leading(now, view, _replica, host) { Stalled = stalled => _peers.ToFrontEnds(stalled) });
    }

    public bool IsLeading => Leading is not null;

    public bool IsRegistered => _names.IsRegistered;

    /// <summary>For tests and the simulator: what this replica holds.</summary>
    internal ReplicaContext Replica => _replica;

    /// <summary>At the primary: how many entries each follower lacks; otherwise empty.</summary>
    internal IReadOnlyList<(ReplicaId Follower, ulong Lag)> FollowerLags => Leading?.Followers.Lags() ?? [];

    internal Adoption Views => _adoption;

    /// <summary>What this replica answers when it is asked for its status.</summary>
    public StatusReport Report(Now now) => _adoption.Report(now);

    internal View? Adopted => _adoption.Adopted;

    private Leading? Leading => _adoption.Leading;

    private Following? Following => _adoption.Following;

    public Hello OwnHello() =>
        new(Role.Replica, _replica.Self.Id.Value, _replica.Self.Disk, _replica.Boot, _adoption.Adopted?.Cluster ?? ClusterId.None, _replica.Group);

    public HelloRefusal? Screen(in Hello peer) =>
        peer.Role is not (Role.FrontEnd or Role.Replica or Role.Operator) ? HelloRefusal.WrongRole
        : peer.Group != _replica.Group ? HelloRefusal.OtherGroup
        : peer.Cluster != ClusterId.None && _adoption.Adopted is { } view && peer.Cluster != view.Cluster ? HelloRefusal.OtherCluster
        : null;

    /// <summary>Registers the name: the first thing a replica does.</summary>
    public void Start(Now now) => _adoption.Start(now);

    /// <summary>The process that holds this replica's name is dead: takes the name over.</summary>
    public void Replace(Now now, BootId dead) => _names.Replace(now, dead, Adopted);

    /// <summary>This process is about to stop: lets front ends promote another primary, or drop this backup, before it does.</summary>
    public void Resign()
    {
        if (Leading is { } leading)
            _peers.ToFrontEnds(new Resigning(leading.Epoch));
        else if (_adoption.Adopted is { } view && view.IsRequired(_replica.Self))
            _peers.ToFrontEnds(new Leaving(view.Epoch));
    }

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (connection == _names.Connection)
            _names.Opened(now, peer);
        else if (Leading?.Followers.Find(connection) is { } follower)
            Leading.Followers.Opened(now, follower, peer);
        else if (!_reach.Opened(now, connection, peer))
            _peers.Add(connection, peer);
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (_adoption.IsSetAside)
            return;

        if (connection == _names.Connection)
            _names.Closed(now);
        else if (Leading?.Followers.Find(connection) is { } follower)
            Leading.Followers.Closed(now, follower);
        else if (!_reach.Closed(connection) && _peers.Remove(connection))
        {
            Following?.Closed(connection);
            _installations.Closed(connection);
        }
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (_adoption.IsSetAside)
            return;

        if (connection == _names.Connection)
        {
            if (_names.Received(now, frame))
                Leading?.Followers.EndpointsChanged(now);
        }
        else if (Leading?.Followers.Find(connection) is { } follower)
        {
            ReceivedFromFollower(now, follower, frame);
        }
        else if (_peers.TryGet(connection, out Hello peer))
        {
            AccessTable.Demand(Role.Replica, peer.Role, Deeds.AtReplica(peer, frame));
            if (frame.Type == MessageType.Execute)
                ReceivedExecute(now, connection, frame);
            else
                ReceivedFromPeer(now, connection, peer, frame);
        }
        else if (frame.Type == MessageType.Pong)
        {
            _reach.Pong(now, connection);
        }
    }

    public void Tick(Now now)
    {
        if (_adoption.IsSetAside)
            return;

        _adoption.Tick(now);
        _names.Tick(now, Leading?.Followers.IsLookingForSomebody ?? _reach.IsLookingForSomebody);
        _reach.Tick(now);
        Leading?.Tick(now);
    }

    public void BatchEnded(Now now)
    {
        if (_adoption.IsSetAside)
            return;

        Leading?.BatchEnded(now);
        if (_replica.Log.BeginWrite())
            Following?.WriteStarted();

        Following?.BatchEnded(now);
        _installations.BatchEnded(_checkpointing.IsRunning);

        // After giving the disk its work, since nobody waits for this.
        if (Leading is null && !_replica.Log.IsDropped)
            _replica.Shop.ApplyUpTo(_replica.Log, _replica.Log.Commit);
        if (!_replica.Log.IsDropped && !_replica.Shop.IsReloading)
            _checkpointing.BatchEnded(now);
        _ownerNews.BatchEnded(Adopted, inTouch: Leading is not null || Following?.HearsPrimary(now) == true);
    }

    public void Written(Now now)
    {
        if (_adoption.IsSetAside)
            return;

        if (_replica.Log.WriteEnded() is { } view)
            _adoption.ViewIsDurable(now, view);
        if (Following is { IsAdopted: true })
            Following.Written(now);
        Leading?.Progress();
    }

    public void Checkpointed(Now now, EntryPosition at)
    {
        if (!_adoption.IsSetAside)
            _checkpointing.Checkpointed(now, at);
    }

    public void Loaded(Now now, ShopState shop, EntryPosition at)
    {
        if (_adoption.IsSetAside)
            return;

        if (_installations.Loaded(shop, at, Following))
            _adoption.StateLoaded();
    }

    public void SnapshotOpened(TransferId transfer, EntryPosition at) => Leading?.Followers.Transfers.SnapshotOpened(transfer, at);

    public void SnapshotRead(TransferId transfer, ReadOnlyMemory<byte> rows, bool last) => Leading?.Followers.Transfers.SnapshotRead(transfer, rows, last);

    public void InstallStored(TransferId transfer, int nextChunk) => _installations.Stored(transfer, nextChunk);

    public void PostcodeAnswered(Now now, ulong token, PostcodeVerdict verdict) => Leading?.PostcodeAnswered(now, token, verdict);

    /// <summary>
    /// Separate from the other messages, whose many locals make a stack frame that would have to be zeroed for every request.
    /// </summary>
    private void ReceivedExecute(Now now, ConnectionId from, in Frame frame)
    {
        Execute execute = frame.As<Execute>();
        if (_adoption.WhyNotLeading(execute.Epoch) is { } notExecuted)
            _replica.Network.Send(from, frame.Correlation, notExecuted);
        else
            Leading!.Execute(now, from, frame.Correlation, execute.Content);
    }

    private void ReceivedFromPeer(Now now, ConnectionId from, in Hello peer, in Frame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Status:
                _replica.Network.Send(from, frame.Correlation, Report(now));
                break;
            case MessageType.Ping:
                _replica.Network.Send(from, frame.Correlation, default(Pong));
                break;
            case MessageType.NewView:
                _adoption.NewView(now, from, peer, frame.Correlation, frame.As<NewView>());
                break;
            case MessageType.Sync:
                Sync sync = frame.As<Sync>();
                _replica.Endpoints.Learn(new MemberEndpoint(sync.Member, sync.Endpoint));
                Leading?.Followers.Sync(now, sync.Member, sync.Endpoint);
                break;
            case MessageType.PropagateBackup:
                if (_adoption.WhyNotLeading(frame.As<PropagateBackup>().Epoch) is { } notPropagated)
                    _replica.Network.Send(from, frame.Correlation, notPropagated);
                else
                    Leading!.PropagateBackup(now, from, frame.Correlation);
                break;
            case MessageType.Append:
                Append append = frame.As<Append>();
                if (IsFromPrimary(now, from, peer, append.Epoch))
                    ReceivedAppend(now, from, append);
                break;
            case MessageType.TransferBegin:
                TransferBegin begin = frame.As<TransferBegin>();
                if (IsFromPrimary(now, from, peer, begin.Epoch))
                    _installations.Begin(from, begin, Following!);
                break;
            case MessageType.TransferRows:
                TransferRows rows = frame.As<TransferRows>();
                if (IsFromPrimary(now, from, peer, rows.Epoch))
                    _installations.Rows(from, rows);
                break;
            case MessageType.TransferEnd:
                TransferEnd end = frame.As<TransferEnd>();
                if (IsFromPrimary(now, from, peer, end.Epoch))
                    _installations.End(from, end);
                break;
            default:
                throw new ProtocolViolationException($"{frame.Type} to a replica from a {peer.Role}");
        }
    }

    private void ReceivedFromFollower(Now now, Follower follower, in Frame frame)
    {
        if (Leading!.Followers.Received(now, follower, frame) is { } later)
            _adoption.Stage(later);
        else if (frame.Type == MessageType.Appended)
            Leading.Progress();
    }

    /// <summary>True if the sender is the primary of the staged view; otherwise it has been told why it is not accepted.</summary>
    private bool IsFromPrimary(Now now, ConnectionId from, in Hello peer, Epoch epoch)
    {
        if (_adoption.WhyNotFromPrimary(peer, epoch) is { } refused)
        {
            _replica.Network.Send(from, 0, refused);
            return false;
        }

        Following!.Heard(now, from);
        return true;
    }

    private void ReceivedAppend(Now now, ConnectionId from, in Append append)
    {
        if (!_replica.Log.IsDropped)
            Following!.Append(from, append);
        else if (Following!.IsAdopted)
            _installations.Append(now, from, append);
    }
}
