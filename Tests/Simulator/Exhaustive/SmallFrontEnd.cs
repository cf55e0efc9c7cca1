using System.Buffers;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>
/// A front end of the small world: the real relay; everything else that a front end may do can happen at any time, so it may find out late,
/// or never, who leads. Proposals are moves of the world itself.
/// </summary>
internal sealed class SmallFrontEnd : SmallProcess, IFrontEndEvents
{
    private const long FirstUser = 1_000_000;

    private static readonly Now Now = new(0, 0);

    private readonly Relay _relay;
    private readonly List<UserConnection> _users = [];
    private SmallReplica? _primary;
    private ConnectionId _connection;

    public SmallFrontEnd(SmallWorld world, int number, int users)
        : base(world, number, "fe" + number)
    {
        _relay = new Relay(this, new FrontEndLimits(), this);
        for (int i = 0; i < users; i++)
            _users.Add(new UserConnection(new ConnectionId(FirstUser + i)));
    }

    /// <summary>The epoch of the view that this front end works in.</summary>
    public Epoch Epoch { get; private set; }

    public override bool IsUp => true;

    /// <summary>Its relay is connected to the primary of its view.</summary>
    public bool IsServed => _connection != ConnectionId.None;

    public void Learn(SmallReplica primary, Epoch epoch)
    {
        Drop();
        Epoch = epoch;
        _primary = primary;
        ConnectionId connection = Dial(primary.Endpoint);
        World.OpenDialled();
        _connection = connection;
        _relay.Serve(Now, connection, epoch, hasFailed: false);
        EndBatch();
    }

    public void Ask(int user, in UserRequest request)
    {
        _relay.Take(Now, _users[user], (ulong)user + 1, request);
        EndBatch();
    }

    public override Hello OwnHello() => new(Role.FrontEnd, Name, default, new BootId((UInt128)Number + 1), default, NameRules.DefaultGroup);

    public override void Opened(ConnectionId connection, in Hello peer)
    {
    }

    public override void Received(ConnectionId connection, in Frame frame)
    {
        if (connection != _connection)
            return;
        switch (frame.Type)
        {
            case MessageType.Executed:
                _relay.Executed(connection, frame.Correlation, frame.As<Executed>());
                break;
            case MessageType.Propagated:
                _relay.Propagated(Now, connection, Correlations.NumberOf(frame.Correlation), frame.As<Propagated>());
                break;
            default:
                Drop(); // a refusal: it no longer leads
                break;
        }
    }

    public override void Closed(ConnectionId connection)
    {
        if (connection == _connection)
            Drop();
    }

    public override void EndBatch() => _relay.BatchEnded(Now);

    public override void HashInto(StateHash hash)
    {
        hash.Enter(this);
        hash.Add(Epoch.Value);
        hash.Add((ulong)(_primary?.Number ?? 99));
        hash.Add(IsServed);
        hash.Add(_relay);
    }

    public override void Send<T>(ConnectionId connection, ulong correlation, in T message)
    {
        if (connection.Value < FirstUser)
            base.Send(connection, correlation, message);
        else if (message is Reply reply)
            World.Answered((int)(connection.Value - FirstUser), new ReadOnlySequence<byte>(reply.Answer.ToArray()));
    }

    public override bool Ignores(MessageType type) => type is not (MessageType.Executed or MessageType.Propagated or MessageType.Refused);

    private void Drop()
    {
        ConnectionId connection = _connection;
        _connection = ConnectionId.None;
        _relay.Detach(Now, hasFailed: false); // no request kills a primary here
        if (connection != ConnectionId.None)
            Close(connection);
    }
}
