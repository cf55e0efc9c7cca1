using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Scenarios;

/// <summary>A front end that does nothing by itself: a scenario says what it sends, and looks at the answers.</summary>
internal sealed class Puppet(SimWorld world, int number, string name) : SimProcess(world, name, number), ICore
{
    private readonly SortedDictionary<int, ConnectionId> _replicas = [];
    private readonly SortedDictionary<ulong, Call> _calls = [];
    private ulong _lastCorrelation;

    public Hello OwnHello() => new(Role.FrontEnd, Name, default, new BootId(1), default, NameRules.DefaultGroup);

    public HelloRefusal? Screen(in Hello peer) => HelloRefusal.WrongRole;

    public void Connect(ReplicaNode replica) => Post(_ => _replicas[replica.Number] = Dial(replica.Endpoint));

    public Call Tell(ReplicaNode replica, View view, IEnumerable<ReplicaNode> all) =>
        Ask(replica, correlation => Send(To(replica), correlation, new NewView(view, [.. all.Select(r => new MemberEndpoint(r.Member, r.Endpoint))])));

    public void Sync(ReplicaNode primary, ReplicaNode spare) =>
        Post(_ => Send(To(primary), 0, new Sync(spare.Member, spare.Endpoint)));

    public Call Execute(ReplicaNode replica, Epoch epoch, UserProfile user, Operation operation)
    {
        var request = new UserRequest(
            user.Id, user.Key, operation.Sequence, operation.RequestId, operation.Kind, new ReadOnlySequence<byte>(operation.Body()));
        return Ask(replica, correlation => Send(To(replica), correlation, new Execute(epoch, request)));
    }

    public Call Barrier(ReplicaNode replica, Epoch epoch) =>
        Ask(replica, correlation => Send(To(replica), correlation, new PropagateBackup(epoch)));

    public Call AskStatus(ReplicaNode replica) => Ask(replica, correlation => Send(To(replica), correlation, default(Status)));

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
    }

    public void Closed(Now now, ConnectionId connection)
    {
        foreach (int replica in _replicas.Where(r => r.Value == connection).Select(r => r.Key).ToList())
            _replicas.Remove(replica);
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (!_calls.Remove(frame.Correlation, out Call? call))
            return; // a primary's unasked message
        call.Type = frame.Type;
        switch (frame.Type)
        {
            case MessageType.Executed:
                Executed executed = frame.As<Executed>();
                (call.Epoch, call.Number) = (executed.Epoch, executed.Number);
                call.Answer = Protocol.Ordering.Answer.Read(executed.Answer);
                break;
            case MessageType.Propagated:
                (call.Epoch, call.Number) = (frame.As<Propagated>().Epoch, frame.As<Propagated>().Number);
                break;
            case MessageType.Refused:
                call.Refusal = frame.As<Refused>().Reason;
                break;
            case MessageType.StatusReport:
                call.Report = frame.As<StatusReport>();
                break;
            default:
                break;
        }
    }

    public void Tick(Now now)
    {
    }

    public void BatchEnded(Now now)
    {
    }

    protected override ICore Begin(Now now) => this;

    private ConnectionId To(ReplicaNode replica) =>
        _replicas.TryGetValue(replica.Number, out ConnectionId connection) ? connection : throw new InvalidOperationException($"not connected to {replica.Name}");

    private Call Ask(ReplicaNode replica, Action<ulong> send)
    {
        ulong correlation = ++_lastCorrelation;
        var call = new Call(replica.Name);
        _calls.Add(correlation, call);
        Post(_ => send(correlation));
        return call;
    }
}

/// <summary>A puppet's request, and its answer so far.</summary>
internal sealed class Call(string asked)
{
    /// <summary>None until an answer has come.</summary>
    public MessageType Type { get; set; }

    public Epoch Epoch { get; set; }

    public ReplyNumber Number { get; set; }

    public Protocol.Ordering.Answer? Answer { get; set; }

    public Refusal? Refusal { get; set; }

    public StatusReport? Report { get; set; }

    public bool IsAnswered => Type != MessageType.None;

    public override string ToString() => $"{asked}: {Type} {Refusal} {Answer?.Code}";
}
