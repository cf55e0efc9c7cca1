using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Chaos;

/// <summary>
/// A front end that keeps the rules which safety needs (it releases by barriers, and its proposals are legal) and none of those that
/// make it sensible: it promotes whom it likes when it likes, and repeats old views. It stands for every stale, racing and resumed front
/// end at once. Calm, it changes views only where the primary does not lead or a spare is ready.
/// </summary>
internal sealed class ChaoticFrontEnd(SimProcess process, Endpoint nameServer, int minReplicas, Func<bool> isCalm) : ICore
{
    private const int AskMs = 150;
    private const int DialMs = 200;
    private const int PatienceMs = 1_500;

    private readonly BootId _boot = new(process.World.Chance.Id());
    private readonly SortedDictionary<string, KnownReplica> _replicas = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, KnownReplica> _connections = [];
    private readonly ChaoticRelay _relay = new(process);
    private readonly List<View> _seen = [];
    private ConnectionId _names;
    private bool _namesOpen;
    private long _nextNamesMs;
    private long _nextAskMs;
    private long _nextMoveMs;
    private long _ledMs;

    /// <summary>The primary that was deposed a moment ago, does not hear of it, and will be promoted again.</summary>
    private Member? _promotedBack;

    private Chance Chance => process.World.Chance;

    private View? View => _seen.Count > 0 ? _seen[^1] : null;

    public Hello OwnHello() => new(Role.FrontEnd, "chaos", default, _boot, View?.Cluster ?? default, NameRules.DefaultGroup);

    public HelloRefusal? Screen(in Hello peer) => peer.Role == Role.User ? null : HelloRefusal.WrongRole;

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (connection == _names)
            _namesOpen = true;
        else if (_connections.TryGetValue(connection.Value, out KnownReplica? replica))
            replica.IsOpen = true;
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (connection == _names)
        {
            _names = ConnectionId.None;
            _namesOpen = false;
        }
        else if (_connections.Remove(connection.Value, out KnownReplica? replica))
        {
            replica.Lost();
            _relay.PrimaryLost(connection);
        }
        else
        {
            _relay.UserLost(connection);
        }
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (connection == _names)
            ReceivedFromNames(frame);
        else if (_connections.TryGetValue(connection.Value, out KnownReplica? replica))
            ReceivedFromReplica(now, replica, frame);
        else
            _relay.Ask(now, connection, frame.Correlation, frame.As<Request>().Content);
    }

    public void BatchEnded(Now now)
    {
        if (Leader() is { } primary)
            _relay.Forward(View!.Epoch, primary.Connection);
        _relay.AskBarrier();
    }

    public void Tick(Now now)
    {
        if (_names == ConnectionId.None && now.Ms >= _nextNamesMs)
        {
            _nextNamesMs = now.Ms + DialMs;
            _names = process.Dial(nameServer);
        }

        foreach (KnownReplica replica in _replicas.Values.Where(r => r.Connection == ConnectionId.None && now.Ms >= r.NextDialMs))
        {
            replica.NextDialMs = now.Ms + DialMs;
            replica.Connection = process.Dial(replica.Endpoint);
            _connections.Add(replica.Connection.Value, replica);
        }

        if (now.Ms >= _nextAskMs)
        {
            _nextAskMs = now.Ms + AskMs;
            AskEverybody(now);
        }

        if (now.Ms >= _nextMoveMs)
        {
            _nextMoveMs = now.Ms + 20 + Chance.Below(isCalm() ? 200 : 600);
            Move(now);
        }

        _relay.Tick(now);
    }

    private void AskEverybody(Now now)
    {
        if (_namesOpen)
        {
            process.Send(_names, 0, new List("", [NameRules.BackendMetadata], false));
            process.Send(_names, 0, new GetView(NameRules.DefaultGroup));
        }

        foreach (KnownReplica replica in _replicas.Values.Where(r => r.IsOpen))
        {
            if (now.Ms - replica.HeardMs > 3 * PatienceMs && replica.HeardMs > 0)
            {
                process.Close(replica.Connection);
                _connections.Remove(replica.Connection.Value);
                _relay.PrimaryLost(replica.Connection);
                replica.Lost();
                replica.HeardMs = now.Ms;
                continue;
            }

            process.Send(replica.Connection, 0, default(Status));
        }

        if (Leader() is not null)
            _ledMs = now.Ms;
    }

    private void ReceivedFromNames(in Frame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Listed:
                foreach (Registration registration in frame.As<Listed>().Registrations)
                    Know(registration);
                break;
            case MessageType.ViewIs:
                Learn(frame.As<ViewIs>().View);
                break;
            case MessageType.Proposed:
                Learn(frame.As<Proposed>().View);
                break;
            default:
                break;
        }
    }

    private void ReceivedFromReplica(Now now, KnownReplica replica, in Frame frame)
    {
        replica.HeardMs = now.Ms;
        switch (frame.Type)
        {
            case MessageType.StatusReport:
                replica.Report = frame.As<StatusReport>();
                Learn(replica.Report.Value.View);
                if (View is { } view && replica.Report.Value.Adopted < view.Epoch && TellsNow(replica))
                    SendView(replica, view);
                break;
            case MessageType.Executed:
                _relay.Executed(replica.Connection, frame.Correlation, frame.As<Executed>());
                break;
            case MessageType.Propagated:
                _relay.Propagated(replica.Connection, frame.As<Propagated>());
                break;
            case MessageType.Refused:
                Learn(frame.As<Refused>().View);
                if (frame.As<Refused>().Reason is Refusal.NotLeading or Refusal.NeedView)
                    replica.Report = null; // not asked again before it has said that it leads
                if (frame.Correlation != 0)
                    _relay.Refused(frame.Correlation);
                break;
            default:
                break;
        }
    }

    private void Know(Registration registration)
    {
        string id = registration.Metadata.First(m => m.StartsWith("id:", StringComparison.Ordinal))[3..];
        var member = new Member(new ReplicaId(id), registration.Disk);
        if (_replicas.TryGetValue(id, out KnownReplica? known) && known.Endpoint == registration.Endpoint && known.Member == member)
            return;

        if (known is not null && known.Connection != ConnectionId.None)
        {
            process.Close(known.Connection);
            _connections.Remove(known.Connection.Value);
            _relay.PrimaryLost(known.Connection);
        }

        _replicas[id] = new KnownReplica(member, registration.Endpoint);
    }

    private void Learn(View? view)
    {
        if (view is null || (View is { } known && view.Epoch <= known.Epoch))
            return;
        _seen.Add(view);
        _relay.EpochChanged();
        foreach (KnownReplica replica in _replicas.Values.Where(r => r.IsOpen && TellsNow(r)))
            SendView(replica, view);
    }

    /// <summary>Some replicas miss some views: so a primary comes back from an epoch that it never heard of.</summary>
    private bool TellsNow(KnownReplica replica) => isCalm() || (Chance.OneIn(2) && replica.Member != _promotedBack);

    private void SendView(KnownReplica replica, View view) =>
        process.Send(replica.Connection, 0, new NewView(view, [.. _replicas.Values.Select(r => new MemberEndpoint(r.Member, r.Endpoint))]));

    /// <summary>The primary of the view, if it is connected and leads as far as its last report says.</summary>
    private KnownReplica? Leader() =>
        View is { } view && _replicas.TryGetValue(view.Primary.Value, out KnownReplica? replica) && replica.IsOpen &&
        replica.Report is { Leading: true } report && report.Adopted == view.Epoch ? replica : null;

    /// <summary>One proposal, or an old view for somebody who should have forgotten it.</summary>
    private void Move(Now now)
    {
        if (!_namesOpen)
            return;

        if (View is not { } view)
        {
            Bootstrap();
            return;
        }

        KnownReplica? leader = Leader();
        if (leader is not null)
            SyncSpares(leader, view);
        if (!isCalm() && Chance.OneIn(3))
            SendOldView();
        if (!isCalm() && (_promotedBack is not null || Chance.OneIn(8)))
            PromoteThereAndBack(view);
        else if (!isCalm() && Chance.OneIn(4))
            PromoteAnybody(view);
        else if (leader is not null && ProposeFrom(view, leader.Report!.Value))
            return;
        else if (leader is null && now.Ms - _ledMs > PatienceMs)
            PromoteAnswering(now, view);
        else if (leader is not null && isCalm() && Chance.OneIn(4))
            DropSilent(now, view, leader);
    }

    private void Bootstrap()
    {
        List<KnownReplica> located = [.. _replicas.Values];
        if (located.Count < minReplicas || !located.TrueForAll(r => r.Report is { View: null }))
            return;
        Propose(ProposalKind.Bootstrap, Epoch.None, new View(
            new ClusterId(Chance.Id()), NameRules.DefaultGroup, new Epoch(1), Chance.Pick(located).Member.Id, [.. located.Select(r => r.Member)], null,
            minReplicas, 0));
    }

    private void SyncSpares(KnownReplica leader, View view)
    {
        foreach (KnownReplica replica in _replicas.Values.Where(r => !view.IsMember(r.Member) && r.Report is not null))
            process.Send(leader.Connection, 0, new Sync(replica.Member, replica.Endpoint));
    }

    private void SendOldView()
    {
        KnownReplica? replica = _replicas.Count > 0 ? Chance.Pick([.. _replicas.Values]) : null;
        if (replica is { IsOpen: true })
            SendView(replica, Chance.Pick(_seen));
    }

    private void PromoteAnybody(View view)
    {
        List<Member> kept = [.. view.Members];
        while (kept.Count > view.MinReplicas && Chance.OneIn(3))
            kept.RemoveAt(Chance.Below(kept.Count));
        if (kept.Count >= view.MinReplicas)
            Promote(view, Chance.Pick(kept), kept);
    }

    /// <summary>
    /// Promotes another primary without telling the old one, and the old one again a little later, without the other if k stay: what it
    /// knew in its earlier epoch must count for nothing.
    /// </summary>
    private void PromoteThereAndBack(View view)
    {
        if (_promotedBack is not { } back)
        {
            List<Member> others = [.. view.Members.Where(m => m.Id != view.Primary)];
            if (others.Count == 0)
                return;
            _promotedBack = view.Members.First(m => m.Id == view.Primary);
            Promote(view, Chance.Pick(others), [.. view.Members]);
            return;
        }

        _promotedBack = null;
        if (!view.IsMember(back) || back.Id == view.Primary)
            return;
        List<Member> kept = [.. view.Members.Where(m => m.Id != view.Primary)];
        Promote(view, back, kept.Count >= view.MinReplicas ? kept : [.. view.Members]);
    }

    private void PromoteAnswering(Now now, View view)
    {
        List<Member> answering = [.. view.Members.Where(m => IsHeard(now, m))];
        if (answering.Count == 0)
            return;
        var kept = new List<Member>(answering);
        foreach (Member silent in view.Members.Where(m => !answering.Contains(m)))
        {
            if (kept.Count < view.MinReplicas)
                kept.Add(silent);
        }

        _ledMs = now.Ms;
        Promote(view, Chance.Pick(answering), kept);
    }

    private void DropSilent(Now now, View view, KnownReplica leader)
    {
        List<Member> kept = [.. view.Members.Where(m => IsHeard(now, m))];
        bool joiningIsLost = view.Joining is { } joining && !IsHeard(now, joining);
        if (kept.Contains(leader.Member) && kept.Count >= view.MinReplicas && (kept.Count < view.Members.Count || joiningIsLost))
            Promote(view, leader.Member, kept);
    }

    private bool IsHeard(Now now, Member member) =>
        _replicas.TryGetValue(member.Id.Value, out KnownReplica? replica) && replica.Member == member && replica.IsOpen && now.Ms - replica.HeardMs < PatienceMs;

    private bool ProposeFrom(View view, in StatusReport report)
    {
        foreach (SpareReport spare in report.Spares)
        {
            if (spare.AckedViewStarted && view.Joining == spare.Member)
            {
                Propose(ProposalKind.Admit, view.Epoch, view with { Epoch = view.Epoch.Next, Members = [.. view.Members, spare.Member], Joining = null }, view.Epoch);
                return true;
            }

            if (spare.NearlyLevel && view.Joining is null && !view.IsMember(spare.Member) && spare.Member.Id != view.Primary)
            {
                Propose(ProposalKind.Join, view.Epoch, view with { Epoch = view.Epoch.Next, Joining = spare.Member }, view.Epoch);
                return true;
            }
        }

        return false;
    }

    private void Promote(View view, Member primary, List<Member> members) =>
        Propose(ProposalKind.Promote, view.Epoch, view with { Epoch = view.Epoch.Next, Primary = primary.Id, Members = members, Joining = null });

    private void Propose(ProposalKind kind, Epoch expected, View view, Epoch evidence = default) =>
        process.Send(_names, 0, new Propose(Chance.Id(), kind, expected, view, evidence, evidence != Epoch.None));

    /// <summary>A registered replica and what is known of it.</summary>
    private sealed class KnownReplica(Member member, Endpoint endpoint)
    {
        public Member Member { get; } = member;

        public Endpoint Endpoint { get; } = endpoint;

        public ConnectionId Connection { get; set; }

        public bool IsOpen { get; set; }

        public StatusReport? Report { get; set; }

        public long HeardMs { get; set; }

        public long NextDialMs { get; set; }

        public void Lost()
        {
            Connection = ConnectionId.None;
            IsOpen = false;
        }
    }
}
