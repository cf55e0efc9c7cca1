using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Users;

/// <summary>
/// A user with a simplified CLI: makes one request at a time, and repeats it under the same ids at the next front end until the answer is
/// final. Less patient than people are: an old connection may stay open while the request is sent again on a new one, so that copies race.
/// </summary>
internal sealed class SimUserCore(SimProcess process, UserProfile profile, UserPlan plan, History history, Func<IReadOnlyList<Endpoint>> frontEnds)
    : IUserCore
{
    private const int RetryMs = 150;

    private readonly SortedDictionary<ulong, Operation> _asked = [];
    private readonly Wishes _wishes = new(process.World.Chance);
    private ConnectionId _connection;
    private Operation? _operation;
    private bool _isOpen;
    private long _askedMs;
    private long _nextTryMs;
    private long _nextWishMs;
    private ulong _correlation;
    private int _copiesOut;

    public bool IsIdle => _operation is null && profile.Pending is null;

    private Chance Chance => process.World.Chance;

    public Hello OwnHello() => new(Role.User, "user", default, default, default, plan.Group);

    public HelloRefusal? Screen(in Hello peer) => HelloRefusal.WrongRole;

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (connection != _connection)
            return;
        _isOpen = true;
        Ask(now);
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (connection == _connection)
            TryAgain(now, Chance.OneIn(2) ? 0 : RetryMs);
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (!_asked.TryGetValue(frame.Correlation, out Operation? operation))
            throw new ProtocolViolationException("an answer that nobody asked for");

        ReadOnlySequence<byte> bytes = frame.As<Reply>().Answer;
        Answer answer = Answer.Read(bytes);
        if (answer.Code.IsFinal())
            history.Return(operation, bytes);
        else if (operation == _operation && connection == _connection && frame.Correlation > _correlation - (ulong)plan.Copies && --_copiesOut == 0)
            TryAgain(now, RetryMs);
        if (operation == _operation && operation.IsAnswered)
            Finish(now);
    }

    public void Tick(Now now)
    {
        if (_operation is null && now.Ms >= _nextWishMs)
            Begin(now);
        if (_operation is null)
            return;

        if (_isOpen && now.Ms - _askedMs > plan.PatienceMs)
            TryAgain(now, 0);
        if (_connection == ConnectionId.None && now.Ms >= _nextTryMs)
            Connect(now);
    }

    public void BatchEnded(Now now)
    {
    }

    private void Begin(Now now)
    {
        _operation = profile.Pending ?? plan.Next(_wishes, profile, process.World.NowUs);
        if (_operation is null)
            return;

        if (_operation != profile.Pending)
            history.Invoke(_operation);
        if (_operation.IsUpdate)
        {
            profile.Pending = _operation;
            profile.Sequence = _operation.Sequence;
        }

        if (_isOpen)
            Ask(now);
    }

    private void Connect(Now now)
    {
        IReadOnlyList<Endpoint> known = frontEnds();
        _nextTryMs = now.Ms + RetryMs;
        if (known.Count == 0)
            return;
        _isOpen = false;
        _connection = process.Dial(Chance.Pick(known));
    }

    private void Ask(Now now)
    {
        if (_operation is null)
            return;
        _askedMs = now.Ms;
        _copiesOut = plan.Copies;
        var content = new UserRequest(
            profile.Id, profile.Key, _operation.Sequence, _operation.RequestId, _operation.Kind, new ReadOnlySequence<byte>(_operation.Body()));
        for (int i = 0; i < plan.Copies; i++)
        {
            _asked[++_correlation] = _operation;
            process.Send(_connection, _correlation, new Request(content));
        }
    }

    private void TryAgain(Now now, int afterMs)
    {
        if (_connection != ConnectionId.None && (!_isOpen || Chance.OneIn(2)))
            process.Close(_connection);
        _connection = ConnectionId.None;
        _isOpen = false;
        _nextTryMs = now.Ms + afterMs;
    }

    private void Finish(Now now)
    {
        if (_operation!.IsUpdate)
            profile.Pending = null;
        if (_operation.Kind == RequestKind.PlaceOrder && _operation.Answer is OrderAnswer placed)
            profile.Placed = placed.Order.OrderId;
        if (_operation.Answer is ShopOrdersAnswer { Orders: var toCook })
            profile.ToCook = [.. toCook.Select(o => new OrderOfUser(o.User, o.Order.OrderId))];
        _operation = null;
        _nextWishMs = now.Ms + plan.PauseMs(Chance);
    }
}
