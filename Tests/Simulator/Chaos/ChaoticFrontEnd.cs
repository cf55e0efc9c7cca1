using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Chaos;

/// <summary>
/// A front end that keeps the rules that safety needs (it releases replies only by barriers, and its proposals are legal) but none of those
/// that make sense: it promotes any replica at any time, and repeats old views. It stands for every stale, racing and resumed front end at
/// once. When calm, it behaves sensibly.
/// </summary>
internal sealed class ChaoticFrontEnd : ICore
{
    private const int AskMs = 150;
    private const int DialMs = 200;

    private readonly BootId _boot;
    private readonly ChaoticRelay _relay;
    private readonly ChaoticKnowledge _knowledge;
    private readonly ChaoticMoves _moves;
    private readonly SimProcess _process;
    private readonly Endpoint _nameServer;
    private readonly Func<bool> _isCalm;
    private ConnectionId _names;
    private bool _namesOpen;
    private long _nextNamesMs;
    private long _nextAskMs;
    private long _nextMoveMs;

    public ChaoticFrontEnd(SimProcess process, Endpoint nameServer, int minReplicas, Func<bool> isCalm)
    {
        _process = process;
        _nameServer = nameServer;
        _isCalm = isCalm;
        _boot = new BootId(process.World.Chance.Id());
        _relay = new ChaoticRelay(process);
        _knowledge = new ChaoticKnowledge(process, _relay, isCalm);
        _moves = new ChaoticMoves(process, _knowledge, minReplicas, isCalm);
    }

    public Hello OwnHello() => new(Role.FrontEnd, "chaos", default, _boot, _knowledge.View?.Cluster ?? default, NameRules.DefaultGroup);

    public HelloRefusal? Screen(in Hello peer) =>
        peer.Group != NameRules.DefaultGroup ? HelloRefusal.OtherGroup
        : peer.Role != Role.User ? HelloRefusal.WrongRole
        : null;

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (connection == _names)
            _namesOpen = true;
        else if (_knowledge.Find(connection) is { } replica)
            replica.IsOpen = true;
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (connection == _names)
        {
            _names = ConnectionId.None;
            _namesOpen = false;
        }
        else if (!_knowledge.Closed(connection))
        {
            _relay.UserLost(connection);
        }
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (connection == _names)
            ReceivedFromNames(frame);
        else if (_knowledge.Find(connection) is { } replica)
            ReceivedFromReplica(now, replica, frame);
        else
            _relay.Ask(now, connection, frame.Correlation, frame.As<Request>().Content);
    }

    public void BatchEnded(Now now)
    {
        if (_knowledge.Leader() is { } primary)
            _relay.Forward(_knowledge.View!.Epoch, primary.Connection);
        _relay.AskBarrier();
    }

    public void Tick(Now now)
    {
        if (_names == ConnectionId.None && now.Ms >= _nextNamesMs)
        {
            _nextNamesMs = now.Ms + DialMs;
            _names = _process.Dial(_nameServer);
        }

        _knowledge.Dial(now);
        if (now.Ms >= _nextAskMs)
        {
            _nextAskMs = now.Ms + AskMs;
            AskEverybody(now);
        }

        if (now.Ms >= _nextMoveMs)
        {
            _nextMoveMs = now.Ms + 20 + _process.World.Chance.Below(_isCalm() ? 200 : 600);
            if (_namesOpen)
                _moves.Move(now, _names);
        }

        _relay.Tick(now);
    }

    private void AskEverybody(Now now)
    {
        if (_namesOpen)
        {
            _process.Send(_names, 0, new List("", [NameRules.BackendMetadata, NameRules.GroupMetadata(NameRules.DefaultGroup)], false));
            _process.Send(_names, 0, new GetView(NameRules.DefaultGroup));
        }

        foreach (KnownReplica replica in _knowledge.Replicas.Where(r => r.IsOpen))
        {
            if (now.Ms - replica.HeardMs > 3 * ChaoticKnowledge.PatienceMs && replica.HeardMs > 0)
            {
                _knowledge.HangUp(replica);
                replica.HeardMs = now.Ms;
                continue;
            }

            _process.Send(replica.Connection, 0, default(Status));
        }

        if (_knowledge.Leader() is not null)
            _moves.SeesLeader(now);
    }

    private void ReceivedFromNames(in Frame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Listed:
                foreach (Registration registration in frame.As<Listed>().Registrations)
                    _knowledge.Know(registration);
                break;
            case MessageType.ViewIs:
                _knowledge.Learn(frame.As<ViewIs>().View);
                break;
            case MessageType.Proposed:
                _knowledge.Learn(frame.As<Proposed>().View);
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
                _knowledge.Learn(replica.Report.Value.View);
                if (_knowledge.View is { } view && replica.Report.Value.Adopted < view.Epoch && _knowledge.TellsNow(replica))
                    _knowledge.SendView(replica, view);
                break;
            case MessageType.Executed:
                _relay.Executed(replica.Connection, frame.Correlation, frame.As<Executed>());
                break;
            case MessageType.Propagated:
                _relay.Propagated(replica.Connection, frame.As<Propagated>());
                break;
            case MessageType.Refused:
                _knowledge.Learn(frame.As<Refused>().View);
                if (frame.As<Refused>().Reason is Refusal.NotLeading or Refusal.NeedView)
                    replica.Report = null; // ask it again only after it has said that it leads
                if (frame.Correlation != 0)
                    _relay.Refused(frame.Correlation);
                break;
            default:
                break;
        }
    }
}
