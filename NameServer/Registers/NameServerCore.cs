using JustHungry.Protocol.Access;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// The name server: a <see cref="Registry"/> and a <see cref="ViewRegister"/> for each group that has a view. Driven by one loop. Its one
/// rule: a change is on disk before anybody is told of it or can see it.
/// </summary>
internal sealed class NameServerCore : ICore
{
    /// <summary>Ten ticks: a gap of a second means that the process or its machine was stopped.</summary>
    private const long StandstillMs = 1_000;

    private readonly INetwork _network;
    private readonly INameStorage _storage;
    private readonly BootId _boot;
    private readonly ILogger _log;
    private readonly Registry _registry = new();
    private readonly GroupRegisters _groups;
    private readonly OrderedDictionary<ConnectionId, Hello> _peers = [];
    private readonly long _startedMs;
    private long _lastTickMs;

    /// <summary>Starts from what the storage holds.</summary>
    public NameServerCore(INetwork network, INameStorage storage, BootId boot, Now now, ILogger log)
    {
        _network = network;
        _storage = storage;
        _boot = boot;
        _log = log;
        _groups = new GroupRegisters(_registry, log);
        _startedMs = _lastTickMs = now.Ms;

        (IReadOnlyList<StoredName> names, IReadOnlyList<StoredView> views) = storage.Load();
        foreach (StoredView view in views)
            _groups.Adopt(view);
        foreach (StoredName name in names)
        {
            _registry.Restore(now.Ms, name);
            _groups.Notice(_registry.Find(name.Registration.Name)!);
        }
    }

    /// <summary>Only leases wait for a tick, and they last a hundred times as long.</summary>
    public int TickMs => 100;

    public int Names => _registry.Count;

    public int Groups => _groups.Count;

    /// <summary>Groups whose view can't change until an operator acts.</summary>
    public int UnhealthyGroups => _groups.UnhealthyCount;

    /// <summary>Views made since the start.</summary>
    public long ViewsMade { get; private set; }

    public Hello OwnHello() => new(Role.NameServer, "nameserver", DiskId.None, _boot, ClusterId.None, "");

    /// <summary>Everybody may ask something, except another name server; <see cref="AccessTable"/> says what.</summary>
    public HelloRefusal? Screen(in Hello peer) => peer.Role == Role.NameServer ? HelloRefusal.WrongRole : null;

    public void Opened(Now now, ConnectionId connection, in Hello peer) => _peers.Add(connection, peer);

    /// <summary>A name outlives its connection: the lease decides.</summary>
    public void Closed(Now now, ConnectionId connection) => _peers.Remove(connection);

    public void BatchEnded(Now now)
    {
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        Hello peer = _peers.GetValueOrDefault(connection);
        AccessTable.Demand(Role.NameServer, peer.Role, Deeds.AtNameServer(peer, frame));
        switch (frame.Type)
        {
            case MessageType.Register:
                OnRegister(now, connection, peer.Group, frame.Correlation, frame.As<Register>());
                break;
            case MessageType.Remove:
                OnRemove(connection, peer.Group, frame.Correlation, frame.As<Remove>());
                break;
            case MessageType.Lookup:
                OnLookup(connection, frame.Correlation, frame.As<Lookup>());
                break;
            case MessageType.List:
                _network.Send(connection, frame.Correlation, new Listed(_registry.List(frame.As<List>())));
                break;
            case MessageType.Count:
                _network.Send(connection, frame.Correlation, new Counted(_registry.Count));
                break;
            case MessageType.Ping:
                _network.Send(connection, frame.Correlation, default(Pong));
                break;
            case MessageType.GetView:
                OnGetView(connection, frame.Correlation, frame.As<GetView>());
                break;
            case MessageType.GetHistory:
                OnGetHistory(connection, frame.Correlation, frame.As<GetHistory>());
                break;
            case MessageType.Propose:
                OnPropose(now, connection, frame.Correlation, frame.As<Propose>());
                break;
            default:
                throw new ProtocolViolationException($"{frame.Type} is nothing for a name server");
        }
    }

    public void Tick(Now now)
    {
        long gapMs = now.Ms - _lastTickMs;
        _lastTickMs = now.Ms;
        if (gapMs > StandstillMs)
        {
            Rare.Reached(RareBranch.NameServerStoodStill);
            Log.StoodStill(_log, gapMs);
            _registry.Extend(gapMs);
        }

        IReadOnlyList<NameEntry> lapsed = _registry.RemoveLapsed(now.Ms);
        foreach (NameEntry entry in lapsed)
            Log.NameLapsed(_log, entry.Registration.Name);
        Forget(lapsed);
    }

    private void OnRegister(Now now, ConnectionId connection, string group, ulong correlation, in Register request)
    {
        if (_registry.Register(now.Ms, request, group, out StoredName? toStore) is { } refused)
        {
            _network.Send(connection, correlation, refused);
            return;
        }

        Store(toStore);
        NameEntry entry = _registry.Find(request.Registration.Name)!;
        _groups.Notice(entry);
        _network.Send(connection, correlation, new Registered(_groups.HealthFor(request.Registration)));
    }

    private void OnRemove(ConnectionId connection, string group, ulong correlation, in Remove request)
    {
        if (request.Name.Length == 0)
        {
            _network.Send(connection, correlation, new NameRefused(NameRefusal.InvalidName, null)); // every name: surely a mistake
            return;
        }

        IReadOnlyList<NameEntry> removed = _registry.Remove(request.Name, request.IsPrefix, group);
        foreach (NameEntry entry in removed)
            Log.NameRemoved(_log, entry.Registration.Name);
        Forget(removed);
        _network.Send(connection, correlation, new Removed(removed.Count));
    }

    private void OnLookup(ConnectionId connection, ulong correlation, in Lookup request)
    {
        if (_registry.Find(request.Name) is { } entry)
            _network.Send(connection, correlation, new Found(entry.Registration));
        else
            _network.Send(connection, correlation, new NameRefused(NameRefusal.UnknownName, null));
    }

    private void OnGetView(ConnectionId connection, ulong correlation, in GetView request)
    {
        if (NameRules.IsGroup(request.Group))
            _network.Send(connection, correlation, new ViewIs(_groups.Of(request.Group).View, _groups.HealthOf(request.Group)));
        else
            _network.Send(connection, correlation, new NameRefused(NameRefusal.InvalidName, null));
    }

    private void OnGetHistory(ConnectionId connection, ulong correlation, in GetHistory request)
    {
        if (NameRules.IsGroup(request.Group))
            _network.Send(connection, correlation, new HistoryIs(_storage.History(request.Group, request.After, HistoryIs.ViewsMax)));
        else
            _network.Send(connection, correlation, new NameRefused(NameRefusal.InvalidName, null));
    }

    private void OnPropose(Now now, ConnectionId connection, ulong correlation, in Propose proposal)
    {
        string group = proposal.View.Group;
        if (!NameRules.IsGroup(group))
        {
            _network.Send(connection, correlation, new NameRefused(NameRefusal.InvalidName, null));
            return;
        }

        ViewRegister register = _groups.Of(group);
        ProposalOutcome outcome = register.Judge(proposal, _groups.ReplicasOf(group), now.Ms - _startedMs);
        if (outcome != ProposalOutcome.Accepted)
        {
            if (outcome == ProposalOutcome.TooEarly)
                Rare.Reached(RareBranch.ProposalTooEarly);
            Log.ProposalRefused(_log, group, proposal.Kind, proposal.View.Epoch, outcome);
        }
        else if (!register.IsRepetition(proposal))
        {
            var made = new StoredView(proposal.ProposalId, proposal.Kind, proposal.View, now.UtcSeconds);
            _storage.Append(made);
            ViewsMade++;
            _groups.Adopt(made);
            Log.ViewMade(_log, group, proposal.Kind, proposal.View);
            _groups.NoteHealth(group);
        }
        else
        {
            Rare.Reached(RareBranch.ProposalRepeated);
        }

        _network.Send(connection, correlation, new Proposed(outcome, _groups.Of(group).View));
    }

    private void Store(StoredName? changed)
    {
        if (changed is null)
            return;

        _storage.Put(changed);
        Log.NameRecorded(_log, changed.Registration.Name, changed.Registration.Endpoint);
    }

    private void Forget(IReadOnlyList<NameEntry> removed)
    {
        if (removed.Count == 0)
            return;

        _storage.Remove([.. removed.Select(e => e.Registration.Name)]);
        foreach (string group in removed.Select(e => e.Replica?.Group).OfType<string>().Distinct())
            _groups.NoteHealth(group);
    }
}
