using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Scenarios;

/// <summary>An operator, who makes proposals at the name server and tells replicas of views.</summary>
internal sealed class OperatorPuppet : SimProcess, ICore
{
    private const int FirstOperator = 18; // after the users, before the replicas

    private const long PatienceUs = 10_000_000;

    private readonly Endpoint _names;
    private readonly Dictionary<ConnectionId, (Action Ask, Action<ProposalOutcome>? Answered)> _asked = [];

    private long? _waitsUntilUs;

    /// <param name="number">0 or 1: two operators may be at work at the same time.</param>
    public OperatorPuppet(SimWorld world, Endpoint names, int number = 0)
        : base(world, "oper" + number, FirstOperator + number)
    {
        _names = names;
        Start();
    }

    public string Group { get; init; } = Protocol.Names.NameRules.DefaultGroup;

    /// <summary>The name server's answer to the last proposal; null until it comes.</summary>
    public ProposalOutcome? Outcome { get; private set; }

    /// <summary>The last proposal is on its way, or its answer is. A name server that lost power never says that it will not answer.</summary>
    public bool IsWaiting => _waitsUntilUs is { } until && World.NowUs < until;

    public void Propose(Propose proposal, Action<ProposalOutcome>? answered = null)
    {
        Outcome = null;
        _waitsUntilUs = World.NowUs + PatienceUs;
        Post(_ =>
        {
            ConnectionId connection = Dial(_names);
            _asked[connection] = (() => Send(connection, 1, proposal), answered);
        });
    }

    public void Tell(Endpoint replica, NewView view) => Post(_ =>
    {
        ConnectionId connection = Dial(replica);
        _asked[connection] = (() => Send(connection, 1, view), null);
    });

    public Hello OwnHello() => new(Role.Operator, "operator", default, new BootId(9), default, Group);

    public HelloRefusal? Screen(in Hello peer) => HelloRefusal.WrongRole;

    public void Opened(Now now, ConnectionId connection, in Hello peer) => _asked[connection].Ask();

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        Close(connection);
        if (!_asked.Remove(connection, out (Action Ask, Action<ProposalOutcome>? Answered) asked) || frame.Type != MessageType.Proposed)
            return;
        Outcome = frame.As<Proposed>().Outcome;
        _waitsUntilUs = null;
        asked.Answered?.Invoke(Outcome.Value);
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (_asked.Remove(connection))
            _waitsUntilUs = null;
    }

    public void Tick(Now now)
    {
    }

    public void BatchEnded(Now now)
    {
    }

    protected override ICore Begin(Now now) => this;
}
