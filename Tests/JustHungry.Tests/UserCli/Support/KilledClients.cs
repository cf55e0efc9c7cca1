using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>
/// Two clients on one profile, who order, type the same again, resume, and are killed before, in and after each step; a disk that fails;
/// and a network that loses, delays and repeats. One schedule from one seed. Its shop keeps the servers' rule: an update is executed only
/// above the user's highest sequence, and the last ones get their first answer again.
/// </summary>
internal sealed class KilledClients(int seed)
{
    private const int RememberedMax = 16;
    private static readonly ShopAddress At = new(new Endpoint("127.0.0.1", 9090), "JH_orders");
    private static readonly ClusterId Cluster = new(0xC1);
    private static readonly RetryPolicy Policy = new(2, 100);

    private readonly Random _random = new(seed);
    private readonly List<UserRequest> _travelling = [];
    private readonly List<(Sequence Sequence, RequestId Id, Answer Answer)> _remembered = [];
    private readonly Dictionary<RequestId, int> _executed = [];
    private readonly List<RequestId> _promisedNever = [];
    private readonly Dictionary<RequestId, int> _promised = [];
    private byte[] _disk = ProfileJson.Write(Profile.New(new UserId(1), default));
    private Wish? _last;
    private bool _hasSaveFailed;
    private Sequence _highest;
    private long _nowMs;
    private int _ids;

    /// <summary>How many courses were killed on their way: a test that kills nobody proves nothing.</summary>
    public int Kills { get; private set; }

    public int Answers { get; private set; }

    private Profile OnDisk => ProfileJson.Read(_disk);

    public void Run(int courses)
    {
        for (int i = 0; i < courses; i++)
        {
            // The lock: a second client begins only when the first has ended, or was killed. What it sent may still travel.
            RunOne(NextWish(), isReliable: false);
            Arrive(_random.Next(3));
        }

        RunOne(null, isReliable: true);
        Arrive(_travelling.Count);
        OnDisk.InFlight.Should().BeNull("everything was settled at the end");
        _promisedNever.Should().NotContain(id => _executed.ContainsKey(id), "it was said that nothing was sent");
        _promised.Should().NotContain(p => !_executed.ContainsKey(p.Key) || _executed[p.Key] != p.Value, "it was said that the order is placed");
    }

    /// <summary>A new one, the same typed again, or only what waits.</summary>
    private Wish? NextWish()
    {
        int kind = _random.Next(10);
        if (kind == 0)
            return null;
        if (kind < 4 && _last is not null)
            return _last with { RequestId = NewId(), IsAgain = kind == 3 };
        return _last = new Wish(RequestKind.PlaceOrder, new[] { (byte)_random.Next(4) }, NewId(), "order");
    }

    private RequestId NewId() => new((UInt128)(++_ids));

    private void RunOne(Wish? wish, bool isReliable)
    {
        UpdateInFlight? waiting = OnDisk.InFlight;
        _hasSaveFailed = false;
        var course = new RequestCourse(OnDisk, At, wish, Policy, frontEnd: 0);
        CourseStep step = course.Begin();
        while (step.Act != CourseAct.End)
        {
            if (!isReliable && _random.Next(25) == 0)
            {
                Kills++;
                return;
            }

            _nowMs += 50;
            step = Do(course, step, isReliable);
        }

        Believe(course.Outcome!, wish, waiting);
    }

    private CourseStep Do(RequestCourse course, CourseStep step, bool isReliable) => step.Act switch
    {
        CourseAct.Connect => !isReliable && _random.Next(4) == 0 ? course.NotConnected(_nowMs) : course.Connected(_nowMs, Cluster, []),
        CourseAct.Save => Save(course, step.Profile!, isReliable),
        CourseAct.Send => Send(course, step.Request!.Value, isReliable),
        CourseAct.Wait => Wait(course, step),
        _ => course.Told(),
    };

    private CourseStep Save(RequestCourse course, Profile profile, bool isReliable)
    {
        if (isReliable || _random.Next(8) > 0)
        {
            _disk = ProfileJson.Write(profile);
            return course.Saved(_nowMs);
        }

        bool isThere = _random.Next(2) == 0;
        if (isThere)
            _disk = ProfileJson.Write(profile);
        _hasSaveFailed = true;
        return course.SaveFailed(mayBeOnDisk: isThere);
    }

    private CourseStep Wait(RequestCourse course, CourseStep step)
    {
        _nowMs = step.UntilMs;
        return course.Tick(_nowMs)!.Value;
    }

    private CourseStep Send(RequestCourse course, UserRequest request, bool isReliable)
    {
        OnDisk.InFlight!.RequestId.Should().Be(request.RequestId, "what is sent is on the disk");
        int fate = isReliable ? 9 : _random.Next(10);
        if (fate == 0)
            return course.Answered(_nowMs, new RefusalAnswer(AnswerCode.Overloaded, NotSent: true));

        _travelling.Add(request);
        if (fate == 1)
            _travelling.Add(request); // a front end asks a new primary again
        if (fate < 4)
            return fate == 2 ? course.TimedOut(_nowMs) : course.ConnectionLost(_nowMs);
        _travelling.RemoveAt(_travelling.Count - 1);
        Answer answer = Execute(request);
        return fate < 6 ? course.ConnectionLost(_nowMs) : course.Answered(_nowMs, answer);
    }

    /// <summary>Late copies, in any order.</summary>
    private void Arrive(int most)
    {
        for (int i = 0; i < most && _travelling.Count > 0; i++)
        {
            int index = _random.Next(_travelling.Count);
            UserRequest late = _travelling[index];
            _travelling.RemoveAt(index);
            Execute(late);
        }
    }

    private Answer Execute(UserRequest request)
    {
        foreach ((Sequence sequence, RequestId id, Answer first) in _remembered)
        {
            if (sequence == request.Sequence)
                return id == request.RequestId ? first : throw new AssertionException($"sequence {sequence} was given to two updates");
        }

        if (request.Sequence <= _highest)
            return new RefusalAnswer(AnswerCode.Expired);

        _highest = request.Sequence;
        var answer = new OrderAnswer(new Order(_executed.Count + 1, OrderStatus.Active, Delivery.NextDay, default, default, [], 0));
        _executed.Add(request.RequestId, answer.Order.OrderId);
        _remembered.Add((request.Sequence, request.RequestId, answer));
        if (_remembered.Count > RememberedMax)
            _remembered.RemoveAt(0);
        return answer;
    }

    private void Believe(CourseOutcome outcome, Wish? wish, UpdateInFlight? waiting)
    {
        switch (outcome.Ending)
        {
            case CourseEnding.Answered:
                Answers++;
                if (outcome.Answer is OrderAnswer placed)
                    _promised[outcome.Update!.RequestId] = placed.Order.OrderId;
                if (outcome.HadWaited)
                {
                    outcome.Update!.RequestId.Should().Be(waiting!.RequestId);
                    _promisedNever.Add(wish!.RequestId);
                }

                break;
            case CourseEnding.NotSent or CourseEnding.NotBegun:
                if (wish is not null)
                    _promisedNever.Add(wish.RequestId);
                break;
            case CourseEnding.Unknown:
                (OnDisk.InFlight is not null || _hasSaveFailed).Should().BeTrue("what is unknown is kept");
                break;
        }
    }

    private sealed class AssertionException(string message) : Exception(message);
}
