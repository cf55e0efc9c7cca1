using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;
using JustHungry.Simulator.World;
using JustHungry.UserCli.Client;

namespace JustHungry.Simulator.Users;

/// <summary>
/// A user whose tries are decided by the CLI's own core, with shorter waits. When that gives up on an update and says that nothing came of
/// it, the history believes it: the update must never be seen. When it says that the outcome is unknown, the user resumes later.
/// </summary>
internal sealed class CliUserCore(SimProcess process, UserProfile profile, UserPlan plan, History history, Func<IReadOnlyList<Endpoint>> frontEnds)
    : IUserCore
{
    private static readonly RetryPolicy Policy = new(Retries: 2, IntervalMs: 300);

    private readonly Wishes _wishes = new(process.World.Chance);
    private RequestAttempts? _attempts;
    private Operation? _operation;
    private ConnectionId _connection;
    private int? _connectedTo;
    private bool _isOpen;
    private bool _isAsked;
    private int _frontEnd = process.World.Chance.Below(16);
    private ulong _correlation;
    private long _nextWishMs;

    public bool IsIdle => _operation is null && profile.Pending is null;

    public Hello OwnHello() => new(Role.User, "user", default, default, default, Protocol.Names.NameRules.DefaultGroup);

    public HelloRefusal? Screen(in Hello peer) => HelloRefusal.WrongRole;

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (connection != _connection)
            return;
        _isOpen = true;
        if (_attempts is not null && !_isAsked)
            Ask(now);
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (connection != _connection)
            return;
        bool wasOpen = _isOpen;
        Disconnect();
        if (_attempts is null || (wasOpen && !_isAsked))
            return; // between two requests, or two tries
        Follow(now, wasOpen ? _attempts.ConnectionLost(now.Ms) : _attempts.NotConnected(now.Ms));
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (connection != _connection || frame.Correlation != _correlation || _operation is null || !_isAsked)
            return;

        ReadOnlySequence<byte> bytes = frame.As<Reply>().Answer;
        _isAsked = false;
        AttemptStep step = _attempts!.Answered(now.Ms, Answer.Read(bytes));
        if (step.Act == NextAct.Done)
            history.Return(_operation, bytes);
        Follow(now, step);
    }

    public void Tick(Now now)
    {
        if (_attempts is not null)
        {
            bool wasAsked = _isAsked;
            if (_attempts.Tick(now.Ms) is { } step)
            {
                if (wasAsked)
                    Disconnect(); // no answer in time
                Follow(now, step);
            }

            return;
        }

        if (now.Ms >= _nextWishMs)
            Begin(now);
    }

    public void BatchEnded(Now now)
    {
    }

    private void Begin(Now now)
    {
        bool resumes = profile.Pending is not null;
        _operation = profile.Pending ?? plan.Next(_wishes, profile, process.World.NowUs);
        if (_operation is null)
            return;

        if (!resumes)
            history.Invoke(_operation);
        if (_operation.IsUpdate)
        {
            profile.Pending = _operation;
            profile.Sequence = _operation.Sequence;
        }

        _attempts = new RequestAttempts(_operation.IsUpdate, Policy, _frontEnd, mayHaveTakenEffect: resumes);
        Follow(now, _attempts.Begin());
    }

    private void Follow(Now now, AttemptStep step)
    {
        switch (step.Act)
        {
            case NextAct.Send:
                Send(now, step.FrontEnd);
                break;
            case NextAct.Done:
                Finish(now);
                break;
            case NextAct.GiveUp:
                GiveUp(now);
                break;
            default:
                break; // Tick goes on
        }
    }

    private void Send(Now now, int frontEnd)
    {
        _isAsked = false;
        IReadOnlyList<Endpoint> known = frontEnds();
        int chosen = frontEnd % known.Count;
        if (_isOpen && _connectedTo == chosen)
        {
            Ask(now);
            return;
        }

        Disconnect();
        _connectedTo = chosen;
        _connection = process.Dial(known[chosen]);
    }

    private void Ask(Now now)
    {
        _isAsked = true;
        _attempts!.Sent(now.Ms);
        var content = new UserRequest(
            profile.Id, profile.Key, _operation!.Sequence, _operation.RequestId, _operation.Kind, new ReadOnlySequence<byte>(_operation.Body()));
        process.Send(_connection, ++_correlation, new Request(content));
    }

    private void Disconnect()
    {
        if (_connection != ConnectionId.None)
            process.Close(_connection);
        _connection = ConnectionId.None;
        _connectedTo = null;
        _isOpen = false;
        _isAsked = false;
    }

    private void Finish(Now now)
    {
        _frontEnd = _attempts!.FrontEnd;
        if (_operation!.Kind == RequestKind.PlaceOrder && _operation.Answer is OrderAnswer placed)
            profile.Placed = placed.Order.OrderId;
        if (_operation.Answer is ShopOrdersAnswer { Orders: var toCook })
            profile.ToCook = [.. toCook.Select(o => new OrderOfUser(o.User, o.Order.OrderId))];
        if (_operation.IsUpdate)
            profile.Pending = null;
        End(now);
    }

    private void GiveUp(Now now)
    {
        if (!_attempts!.OutcomeUnknown)
        {
            if (_operation!.IsUpdate)
                history.Withdraw(_operation);
            profile.Pending = null; // its sequence stays used
            plan.AskAgain(_operation.Kind);
        }

        Disconnect();
        End(now);
    }

    private void End(Now now)
    {
        _operation = null;
        _attempts = null;
        _nextWishMs = now.Ms + plan.PauseMs(process.World.Chance);
    }
}
