using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Scenarios;

/// <summary>An operator at the name server: sends one proposal, and keeps the answer.</summary>
internal sealed class OperatorPuppet : SimProcess, ICore
{
    private readonly Endpoint _names;
    private Propose? _proposal;
    private ConnectionId _connection;

    public OperatorPuppet(SimWorld world, Endpoint names)
        : base(world, "oper", 19)
    {
        _names = names;
        Start();
    }

    public ProposalOutcome? Outcome { get; private set; }

    public void Propose(Propose proposal)
    {
        _proposal = proposal;
        Outcome = null;
        Post(_ => _connection = Dial(_names));
    }

    public Hello OwnHello() => new(Role.Operator, "operator", default, new BootId(9), default, Protocol.Names.NameRules.DefaultGroup);

    public HelloRefusal? Screen(in Hello peer) => HelloRefusal.WrongRole;

    public void Opened(Now now, ConnectionId connection, in Hello peer) => Send(_connection, 1, _proposal!.Value);

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        Outcome = frame.As<Proposed>().Outcome;
        Close(connection);
    }

    public void Closed(Now now, ConnectionId connection)
    {
    }

    public void Tick(Now now)
    {
    }

    public void BatchEnded(Now now)
    {
    }

    protected override ICore Begin(Now now) => this;
}
