using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Replication;

/// <summary>
/// A replica: adopts views, and in each either leads (<see cref="Leading"/>) or follows (<see cref="Following"/>). REPLICATION.md
/// states the protocol. Owned by the daemon's loop, as is everything it is made of.
/// </summary>
/// <remarks>
/// A view is staged when it is heard of and adopted when it is on disk. From the staging on nothing more is done in an older epoch;
/// nothing that others can see is done in the new one before the adoption.
/// </remarks>
internal sealed class ReplicaCore : ICore
{
    private readonly ReplicaContext _replica;
    private readonly IPostcodeLookUp _postcodes;
    private readonly Func<ReadOnlyMemory<byte>> _opening;
    private readonly NameRegistration _names;
    private readonly PeerReach _reach;
    private readonly Checkpointing _checkpointing;
    private readonly OrderedDictionary<ConnectionId, Hello> _peers = [];
    private readonly List<AwaitedAdoption> _awaitedAdoptions = [];
    private View? _staged;
    private View? _adopted;
    private Following? _following;
    private Leading? _leading;
    private Installing? _installing;
    private View? _adoptWhenLoaded;
    private bool _isLogless;
    private bool _isLoading;
    private bool _isSetAside;

    private readonly record struct AwaitedAdoption(ConnectionId From, ulong Correlation, Epoch Epoch);

    /// <param name="opening">Asked for the effects of the shop's opening, entry 1, when this replica is a new group's first primary.</param>
    /// <param name="replaces">The process that held this replica's name and was found dead; none otherwise.</param>
    public ReplicaCore(
        ReplicaId id, BootId boot, string group, Endpoint advertised, Endpoint nameServer, BootId replaces, RecoveredDisk recovered, Func<ReadOnlyMemory<byte>> opening,
        ReplicaOptions options, INetwork network, IReplicaDisk disk, IPostcodeLookUp postcodes, IReplicaEvents events)
    {
        _replica = new ReplicaContext(
            new Member(id, recovered.Disk), boot, group, options, network, disk, events, new ReplicaLog(recovered.Base, recovered.Batches),
            new AppliedShop(disk, recovered.Shop, recovered.CheckpointAt.Index), recovered.CheckpointAt);
        _postcodes = postcodes;
        _opening = opening;
        _names = new NameRegistration(_replica, new NameServerLink(network, nameServer), advertised, replaces);
        _reach = new PeerReach(_replica);
        _checkpointing = new Checkpointing(_replica);
        _adopted = recovered.Adopted;
        _staged = recovered.Adopted;
        _following = _staged is null ? null : new Following(_staged, _replica) { IsAdopted = true };
    }

    public bool IsLeading => _leading is not null;

    public bool IsRegistered => _names.IsRegistered;

    public int FailedNameServerDials => _names.FailedDials;

    /// <summary>For tests and the simulator: what this replica holds.</summary>
    internal ReplicaContext Replica => _replica;

    internal View? Adopted => _adopted;

    public Hello OwnHello() =>
        new(Role.Replica, _replica.Self.Id.Value, _replica.Self.Disk, _replica.Boot, _adopted?.Cluster ?? ClusterId.None, _replica.Group);

    public HelloRefusal? Screen(in Hello peer) =>
        peer.Role is not (Role.FrontEnd or Role.Replica or Role.Operator) ? HelloRefusal.WrongRole
        : peer.Group != _replica.Group ? HelloRefusal.OtherGroup
        : peer.Cluster != ClusterId.None && _adopted is { } view && peer.Cluster != view.Cluster ? HelloRefusal.OtherCluster
        : null;

    /// <summary>Registers the name: the first thing a replica does.</summary>
    public void Start(Now now)
    {
        _names.Register(now, _adopted);
        if (_adopted is { } view)
            _reach.SetMembers(MembersToReach(view, leads: false));
    }

    /// <summary>This process is about to stop: front ends may promote another primary, or drop this backup, before it does.</summary>
    public void Resign()
    {
        if (_leading is { } leading)
            ToFrontEnds(new Resigning(leading.Epoch));
        else if (_adopted is { } view && view.IsRequired(_replica.Self))
            ToFrontEnds(new Leaving(view.Epoch));
    }

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (connection == _names.Connection)
            _names.Opened(now);
        else if (_leading?.Followers.Find(connection) is { } follower)
            _leading.Followers.Opened(now, follower, peer);
        else if (!_reach.Opened(now, connection, peer))
            _peers.Add(connection, peer);
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (_isSetAside)
            return;

        if (connection == _names.Connection)
            _names.Closed(now);
        else if (_leading?.Followers.Find(connection) is { } follower)
            _leading.Followers.Closed(now, follower);
        else if (!_reach.Closed(connection) && _peers.Remove(connection))
        {
            _following?.Closed(connection);
            _installing?.Closed(connection);
        }
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (_isSetAside)
            return;

        if (connection == _names.Connection)
        {
            if (_names.Received(frame))
                _leading?.Followers.EndpointsChanged(now);
        }
        else if (_leading?.Followers.Find(connection) is { } follower)
        {
            ReceivedFromFollower(now, follower, frame);
        }
        else if (frame.Type == MessageType.Pong)
        {
            _reach.Pong(now, connection);
        }
        else if (_peers.TryGetValue(connection, out Hello peer))
        {
            if (frame.Type == MessageType.Execute)
                ReceivedExecute(now, connection, frame);
            else
                ReceivedFromPeer(now, connection, peer, frame);
        }
    }

    public void Tick(Now now)
    {
        if (_isSetAside)
            return;

        _names.Tick(now, _leading?.Followers.IsLookingForSomebody ?? _reach.IsLookingForSomebody);
        _reach.Tick(now);
        _leading?.Tick(now);
    }

    public void BatchEnded(Now now)
    {
        if (_isSetAside)
            return;

        _leading?.BatchEnded(now);
        if (_replica.Queue.StartIfIdle())
        {
            _replica.RunningWriteEnds = _replica.Log.Last;
            _following?.WriteStarted();
        }

        _following?.BatchEnded();
        Install();

        // After the disk has its work: nobody waits for this.
        if (_leading is null && !_isLogless)
            _replica.Shop.ApplyUpTo(_replica.Log, _replica.Commit);
        if (!_isLogless && !_isLoading)
            _checkpointing.BatchEnded(now);
    }

    public void Written(Now now)
    {
        if (_isSetAside)
            return;

        LogWrite write = _replica.Queue.Written();
        if (!_isLogless)
            _replica.Durable = _replica.RunningWriteEnds;
        if (write.Adopt is { } view)
            ViewIsDurable(now, view);
        if (_following is { IsAdopted: true })
            _following.Written();
        _leading?.Progress();
    }

    public void Checkpointed(Now now, EntryPosition at)
    {
        if (!_isSetAside)
            _checkpointing.Checkpointed(now, at);
    }

    public void Loaded(Now now, ShopState shop, EntryPosition at)
    {
        if (_isSetAside)
            return;

        _replica.Shop.Loaded(shop, at.Index);
        if (_installing is { IsEnding: true } installed)
            InstallEnded(installed, at);
        _isLoading = false;
        if (_adoptWhenLoaded is { } view)
            _replica.Queue.Adopt(view);
        _adoptWhenLoaded = null;
    }

    public void SnapshotOpened(ulong transfer, EntryPosition at) => _leading?.Followers.Transfers.SnapshotOpened(transfer, at);

    public void SnapshotRead(ulong transfer, ReadOnlyMemory<byte> rows, bool last) => _leading?.Followers.Transfers.SnapshotRead(transfer, rows, last);

    public void InstallStored(ulong transfer, int nextChunk)
    {
        if (_installing is { } installing && installing.Id == transfer)
            installing.Stored(nextChunk);
    }

    public void PostcodeAnswered(Now now, ulong token, PostcodeVerdict verdict) => _leading?.PostcodeAnswered(now, token, verdict);

    /// <summary>Apart from the other messages: those make a frame of locals that every request would have to clear.</summary>
    private void ReceivedExecute(Now now, ConnectionId from, in Frame frame)
    {
        Execute execute = frame.As<Execute>();
        if (WhyNotLeading(execute.Epoch) is { } notExecuted)
            _replica.Network.Send(from, frame.Correlation, notExecuted);
        else
            _leading!.Execute(now, from, frame.Correlation, execute.Content);
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
                ReceivedNewView(now, from, peer, frame.Correlation, frame.As<NewView>());
                break;
            case MessageType.Sync:
                Sync sync = frame.As<Sync>();
                _replica.Learn(new MemberEndpoint(sync.Member, sync.Endpoint));
                _leading?.Followers.Sync(now, sync.Member, sync.Endpoint);
                break;
            case MessageType.PropagateBackup:
                if (WhyNotLeading(frame.As<PropagateBackup>().Epoch) is { } notPropagated)
                    _replica.Network.Send(from, frame.Correlation, notPropagated);
                else
                    _leading!.PropagateBackup(now, from, frame.Correlation);
                break;
            case MessageType.Append:
                Append append = frame.As<Append>();
                if (IsFromPrimary(now, from, peer, append.Epoch))
                    ReceivedAppend(from, append);
                break;
            case MessageType.TransferBegin:
                TransferBegin begin = frame.As<TransferBegin>();
                if (IsFromPrimary(now, from, peer, begin.Epoch))
                    ReceivedTransfer(from, begin);
                break;
            case MessageType.TransferRows:
                TransferRows rows = frame.As<TransferRows>();
                if (IsFromPrimary(now, from, peer, rows.Epoch))
                    _installing?.Rows(rows);
                break;
            case MessageType.TransferEnd:
                TransferEnd end = frame.As<TransferEnd>();
                if (IsFromPrimary(now, from, peer, end.Epoch))
                    _installing?.End(end);
                break;
            default:
                throw new ProtocolViolationException($"{frame.Type} to a replica from a {peer.Role}");
        }
    }

    private void ReceivedFromFollower(Now now, Follower follower, in Frame frame)
    {
        Followers followers = _leading!.Followers;
        switch (frame.Type)
        {
            case MessageType.Appended:
                followers.Appended(now, follower, frame.As<Appended>());
                _leading.Progress();
                break;
            case MessageType.Mismatch:
                followers.Mismatched(now, follower, frame.As<Mismatch>());
                break;
            case MessageType.TransferReady:
                followers.TransferReady(now, follower, frame.As<TransferReady>());
                break;
            case MessageType.TransferRefused:
                followers.TransferRefused(now, follower, frame.As<TransferRefused>());
                break;
            case MessageType.Refused:
                Refused refused = frame.As<Refused>();
                if (refused.View is { } later && later.Epoch > _staged!.Epoch && later.Cluster == _staged.Cluster)
                    Stage(later);
                else
                    followers.Refused(now, follower);
                break;
            case MessageType.ViewAdopted:
                break; // an ack will say so too
            default:
                throw new ProtocolViolationException($"{frame.Type} to a primary from its follower");
        }
    }

    private void ReceivedNewView(Now now, ConnectionId from, in Hello peer, ulong correlation, in NewView message)
    {
        View view = message.View;
        if (view.Group != _replica.Group || (_staged is { } known && known.Cluster != view.Cluster))
        {
            _replica.Network.Send(from, correlation, new Refused(Refusal.OtherCluster, null));
            return;
        }

        foreach (MemberEndpoint endpoint in message.Endpoints)
            _replica.Learn(endpoint);
        _leading?.Followers.EndpointsChanged(now);

        if (_staged is { } staged && view.Epoch <= staged.Epoch && !view.HasSameContentAs(staged))
        {
            if (view.Epoch == staged.Epoch)
                _replica.Events.ConflictingView(staged, view);
            _replica.Network.Send(from, correlation, new Refused(Refusal.OldEpoch, staged));
            return;
        }

        if (view.Epoch > (_staged?.Epoch ?? Epoch.None))
            Stage(view);
        if (_isSetAside)
            return;

        if (_following!.IsFromPrimary(peer))
            _following.Heard(now, from);
        if (_adopted is { } adopted && adopted.Epoch >= view.Epoch)
            _replica.Network.Send(from, correlation, new ViewAdopted(adopted.Epoch));
        else
            AwaitAdoption(new AwaitedAdoption(from, correlation, view.Epoch));
    }

    /// <summary>One a connection: who asks again has given the first up.</summary>
    private void AwaitAdoption(AwaitedAdoption awaited)
    {
        _awaitedAdoptions.RemoveAll(a => a.From == awaited.From);
        _awaitedAdoptions.Add(awaited);
    }

    /// <summary>Ends everything of older epochs at once, and queues the view for the disk.</summary>
    private void Stage(View view)
    {
        if (MustSetAside(view))
        {
            _isSetAside = true;
            _leading?.StepDown(view);
            _leading = null;
            _replica.Events.MustSetAside(view, _replica.Log.Last);
            _replica.Disk.SetAside();
            return;
        }

        _leading?.StepDown(view);
        _leading = null;
        _staged = view;
        _following = new Following(view, _replica);
        _installing?.Abandon();
        _adoptWhenLoaded = null;
        _reach.SetMembers(MembersToReach(view, leads: view.IsPrimary(_replica.Self)));

        // Leading begins with the adoption, and needs the state: a front end that finds this too slow promotes another.
        if (view.IsPrimary(_replica.Self) && !_replica.Shop.IsLoaded)
            _adoptWhenLoaded = view;
        else
            _replica.Queue.Adopt(view);

        // What a primary applied beyond commit may be cut now. One that stays primary keeps it: its whole log is what it applied.
        if (!view.IsPrimary(_replica.Self) && _replica.Shop.IsLoaded && _replica.Shop.Index > _replica.Commit)
        {
            _isLoading = true;
            _replica.Shop.Reload();
        }
    }

    /// <summary>
    /// After an unclean promotion the new primary's log may lack what this one has committed, and a checkpoint can't be compared with a
    /// log entry by entry. So every replica but the promoted one keeps its directory under another name and begins anew.
    /// </summary>
    private bool MustSetAside(View view) =>
        _staged is { } staged && view.DataLoss > staged.DataLoss && !view.IsPrimary(_replica.Self) &&
        (_replica.Log.Last != EntryPosition.Start || _replica.CheckpointAt != EntryPosition.Start || _isLogless);

    private void ViewIsDurable(Now now, View view)
    {
        Invariant.Check(_adopted is null || view.Epoch > _adopted.Epoch, $"epoch {view.Epoch} adopted after {_adopted?.Epoch}");
        _adopted = view;
        _replica.Events.Adopted(view, RoleIn(view));
        _names.Register(now, view);
        foreach (AwaitedAdoption awaited in _awaitedAdoptions.Where(a => a.Epoch <= view.Epoch))
            _replica.Network.Send(awaited.From, awaited.Correlation, new ViewAdopted(view.Epoch));
        _awaitedAdoptions.RemoveAll(a => a.Epoch <= view.Epoch);
        if (view.Epoch != _staged!.Epoch)
            return;

        // Only here, in the step whose fsync adopts the epoch, does leading begin.
        _following!.IsAdopted = true;
        if (view.IsPrimary(_replica.Self))
            _leading = new Leading(now, view, _replica, _postcodes, _opening) { Stalled = stalled => ToFrontEnds(stalled) };
    }

    /// <summary>Why this replica does not execute in an epoch; null if it does.</summary>
    private Refused? WhyNotLeading(Epoch epoch) =>
        _staged is null || epoch > _staged.Epoch ? new Refused(Refusal.NeedView, null)
        : epoch < _staged.Epoch ? new Refused(Refusal.OldEpoch, _staged)
        : _leading is null ? new Refused(Refusal.NotLeading, null)
        : null;

    /// <summary>True if the sender is the primary of the view in force here; otherwise it has been told why not.</summary>
    private bool IsFromPrimary(Now now, ConnectionId from, in Hello peer, Epoch epoch)
    {
        Refused? refused =
            _staged is null || epoch > _staged.Epoch ? new Refused(Refusal.NeedView, null)
            : epoch < _staged.Epoch ? new Refused(Refusal.OldEpoch, _staged)
            : !_following!.IsFromPrimary(peer) ? new Refused(Refusal.NotPrimary, _staged)
            : null;
        if (refused is { } why)
        {
            _replica.Network.Send(from, 0, why);
            return false;
        }

        _following!.Heard(now, from);
        return true;
    }

    private void ReceivedAppend(ConnectionId from, in Append append)
    {
        if (!_isLogless)
            _following!.Append(from, append);
        else if (!_following!.IsAdopted)
            return;
        else if (append.Count == 0 && append.Previous == EntryPosition.Start)
            _replica.Network.Send(from, 0, new Appended(append.Epoch, append.Round, EntryIndex.None)); // a heartbeat during the transfer
        else
            _replica.Network.Send(from, 0, new Mismatch(append.Epoch, append.Previous.Index, EntryIndex.None.Next, EntryIndex.None));
    }

    /// <summary>A position that the log or checkpoint holds already is refused: installing it could undo what was acked since.</summary>
    private void ReceivedTransfer(ConnectionId from, in TransferBegin begin)
    {
        bool holds = !_isLogless && (_replica.Log.Holds(begin.At) || begin.At.Index <= _replica.CheckpointAt.Index);
        if (holds || _staged!.IsMember(_replica.Self) || _installing is { IsEnding: true } or { IsDiskBusy: true })
        {
            _replica.Network.Send(from, 0, new TransferRefused(begin.Epoch, begin.Transfer));
            return;
        }

        _isLogless = true;
        _replica.Queue.Release(); // held by one whose sender has begun again
        _installing = new Installing(begin.Epoch, _replica);
        _installing.Begin(from, begin);
        _replica.Shop.Drop();
        _replica.Queue.DropAppends();
        _following!.LogDropped();
        _replica.Log.Reset(EntryPosition.Start);
        _replica.Durable = EntryPosition.Start;
    }

    /// <summary>Moves an installation on as far as the disk allows.</summary>
    private void Install()
    {
        if (_installing is not { } installing)
            return;

        if (installing.IsAbandoned && !installing.IsDiskBusy)
        {
            // The tables are half a shop: there is no log until another transfer has ended.
            _installing = null;
            _replica.Queue.Release();
            _replica.Queue.StartIfIdle();
        }
        else if (!installing.IsBegun && _replica.Queue.IsEmpty && !_checkpointing.IsRunning && !_isLoading)
        {
            _replica.Queue.Hold();
            installing.EmptyDisk();
        }
    }

    private void InstallEnded(Installing installed, EntryPosition at)
    {
        _installing = null;
        _isLogless = false;
        _replica.Queue.Release();
        _replica.Log.Reset(at);
        _replica.Durable = at;
        _replica.CheckpointAt = at;
        _replica.Commit = at.Index;
        installed.SayInstalled();
        if (installed.Epoch == _staged!.Epoch)
            _following!.Installed(at.Index);
        _replica.Events.InstallEnded(at);
    }

    private StatusReport Report(Now now)
    {
        bool isLeading = _leading is not null && _leading.Epoch == _adopted?.Epoch;
        return new StatusReport(
            _replica.Self, _replica.Boot, _adopted?.Cluster ?? ClusterId.None, _adopted is null ? ReplicaRole.Spare : RoleIn(_adopted), _adopted,
            _replica.Durable, EntryIndex.Min(_replica.Commit, _replica.Durable.Index), isLeading, isLeading || (_following?.HearsPrimary(now) ?? false),
            _leading?.Reaches(now) ?? _reach.Count(now), _leading?.Spares ?? []);
    }

    /// <summary>A primary knows it from its followers; nobody asks a spare.</summary>
    private IReadOnlyList<Member> MembersToReach(View view, bool leads) => view.IsMember(_replica.Self) && !leads ? view.Members : [];

    private ReplicaRole RoleIn(View view) =>
        view.IsPrimary(_replica.Self) ? ReplicaRole.Primary
        : view.IsMember(_replica.Self) ? ReplicaRole.Backup
        : view.Joining == _replica.Self ? ReplicaRole.Joining
        : ReplicaRole.Spare;

    private void ToFrontEnds<T>(in T message)
        where T : struct, IMessage<T>
    {
        foreach ((ConnectionId connection, Hello peer) in _peers)
        {
            if (peer.Role == Role.FrontEnd)
                _replica.Network.Send(connection, 0, message);
        }
    }
}
