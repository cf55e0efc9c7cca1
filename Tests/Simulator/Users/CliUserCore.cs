using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.World;
using JustHungry.UserCli.Client;

namespace JustHungry.Simulator.Users;

/// <summary>
/// A user who decides as the CLI does, with shorter waits: <see cref="RequestCourse"/> says what to save, to send and to report, and this
/// class does it. The profile is the disk, to which a save is atomic and immediate; a save may fail, and the process may be killed before
/// or after it. An update that ends as never sent is withdrawn from the history, so it must never be seen. If an update's outcome is
/// unknown, the user resumes it later, or forgets it. Several processes may work on one profile, whose lock is held during an update;
/// meanwhile the others only look.
/// </summary>
/// <param name="isStranger">Whether that is not the shop that everybody means, but a copy of it under the same name.</param>
internal sealed class CliUserCore(
    SimProcess process, UserProfile profile, UserPlan plan, History history, Func<IReadOnlyList<Endpoint>> frontEnds, Func<ClusterId, bool> isStranger)
    : IUserCore
{
    // The fates of a save, each one in FateOneIn.
    private const int KilledBefore = 0, KilledAfter = 1, NotWritten = 2, PerhapsWritten = 3, FateOneIn = 60;

    private const int ForgetOneIn = 8;

    private static readonly RetryPolicy Policy = new(Retries: 2, IntervalMs: 300);
    private static readonly ShopAddress At = new(new Endpoint("nameserver", 1), Protocol.Names.NameRules.DefaultGroup);

    private readonly Wishes _wishes = new(process.World.Chance);
    private RequestCourse? _course;
    private Operation? _operation;
    private ConnectionId _connection;
    private ClusterId _cluster;
    private int? _connectedTo;
    private bool _isOpen;
    private bool _isAsked;
    private bool _switchesShop;
    private int _frontEnd = process.World.Chance.Below(16);
    private ulong _correlation;
    private long _nextWishMs;

    public bool IsIdle => _operation is null && profile.Pending is null;

    private Profile File => profile.File ??= Profile.New(profile.Id, profile.Key);

    public Hello OwnHello() => new(Role.User, "user", default, default, default, Protocol.Names.NameRules.DefaultGroup);

    public HelloRefusal? Screen(in Hello peer) => HelloRefusal.WrongRole;

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
        if (connection != _connection)
            return;
        _isOpen = true;
        _cluster = peer.Cluster;
        if (_course is not null && !_isAsked)
            Meet(now);
    }

    public void Closed(Now now, ConnectionId connection)
    {
        if (connection != _connection)
            return;
        bool wasOpen = _isOpen, wasAsked = _isAsked;
        Disconnect();
        if (_course is null || (wasOpen && !wasAsked))
            return; // between two requests, or between two tries
        Follow(now, wasOpen ? _course.ConnectionLost(now.Ms) : _course.NotConnected(now.Ms));
    }

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        if (connection != _connection || frame.Correlation != _correlation || _operation is null || !_isAsked)
            return;

        ReadOnlySequence<byte> bytes = frame.As<Reply>().Answer;
        Answer answer = Answer.Read(bytes);
        _isAsked = false;
        if (answer.Code.IsFinal())
            history.Return(_operation, bytes);
        Follow(now, _course!.Answered(now.Ms, answer));
    }

    public void Tick(Now now)
    {
        if (_course is null)
        {
            if (now.Ms >= _nextWishMs)
                Begin(now);
            return;
        }

        bool wasAsked = _isAsked;
        if (_course.Tick(now.Ms) is not { } step)
            return;
        if (wasAsked)
            Disconnect(); // no answer in time
        Follow(now, step);
    }

    public void BatchEnded(Now now)
    {
    }

    private void Begin(Now now)
    {
        bool isLocked = profile.IsLockedFor(process);
        if (!isLocked && profile.Pending is not null && (File.InFlight is null || Forgets()))
            profile.Pending = null; // killed before the update was begun, so nobody has it; or forgotten
        bool resumes = !isLocked && profile.Pending is not null;
        _operation = isLocked ? plan.NextLook(profile, process.World.NowUs) : profile.Pending ?? plan.Next(_wishes, profile, process.World.NowUs);
        if (_operation is null)
            return;

        if (_operation.IsUpdate)
            profile.Lock(process);
        if (resumes)
            history.Resume(_operation);
        else
            history.Invoke(_operation);
        if (_operation.IsUpdate)
            profile.Pending = _operation;
        Wish? wish = resumes ? null : new Wish(_operation.Kind, _operation.Body(), _operation.RequestId, _operation.ToString());
        _course = new RequestCourse(File, At, wish, Policy, _frontEnd, takesNewShop: resumes && _switchesShop);
        _switchesShop = false;
        Follow(now, _course.Begin());
    }

    /// <summary><c>user resume --forget</c>: the update stays in the history as one that may take effect at any time, or never.</summary>
    private bool Forgets()
    {
        if (plan.SavesSafely || !process.World.Chance.OneIn(ForgetOneIn))
            return false;
        process.Note("forgets the update in flight");
        profile.File = File.Forget();
        return true;
    }

    private void Follow(Now now, CourseStep step)
    {
        switch (step.Act)
        {
            case CourseAct.Connect:
                Connect(now, step.FrontEnd);
                break;
            case CourseAct.Save:
                Save(now, step.Profile!);
                break;
            case CourseAct.Send:
                Ask(step.Request!.Value);
                break;
            case CourseAct.Tell:
                Follow(now, _course!.Told());
                break;
            case CourseAct.End:
                End(now, _course!.Outcome!);
                break;
            default:
                break; // Tick continues
        }
    }

    /// <exception cref="SimDiskException">The process is killed before or after the save.</exception>
    private void Save(Now now, Profile file)
    {
        int fate = plan.SavesSafely ? int.MaxValue : process.World.Chance.Below(FateOneIn);
        bool isWritten = fate is not (KilledBefore or NotWritten) && (fate != PerhapsWritten || process.World.Chance.OneIn(2));
        if (isWritten)
        {
            profile.File = file;
            profile.Sequence = new Sequence(file.NextSequence.Value - 1);
        }

        if (fate is KilledBefore or KilledAfter)
            throw new SimDiskException($"is killed {(isWritten ? "after" : "before")} it saved its profile");
        Follow(now, fate is NotWritten or PerhapsWritten ? _course!.SaveFailed(mayBeOnDisk: fate == PerhapsWritten) : _course!.Saved(now.Ms));
    }

    private void Connect(Now now, int frontEnd)
    {
        _isAsked = false;
        IReadOnlyList<Endpoint> known = frontEnds();
        int chosen = frontEnd % known.Count;
        if (_isOpen && _connectedTo == chosen)
        {
            Meet(now);
            return;
        }

        Disconnect();
        _connectedTo = chosen;
        _connection = process.Dial(known[chosen]);
    }

    /// <summary>A front end says which shop it serves only in its hello, so if that is not the one it is dialled again.</summary>
    private void Meet(Now now)
    {
        CourseStep next = _course!.Connected(now.Ms, _cluster, frontEnds());
        if (next.Act is CourseAct.Connect or CourseAct.Wait)
            Disconnect();
        Follow(now, next);
    }

    private void Ask(UserRequest request)
    {
        _isAsked = true;
        process.Send(_connection, ++_correlation, new Request(request));
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

    private void End(Now now, CourseOutcome outcome)
    {
        _frontEnd = _course!.Attempts.FrontEnd;
        history.GiveUp(_operation!);
        switch (outcome.Ending)
        {
            case CourseEnding.Answered:
                Note(_operation!);
                break;
            case CourseEnding.NotSent or CourseEnding.NotBegun when _operation!.IsUpdate:
                history.Withdraw(_operation);
                profile.Pending = null; // its sequence stays used
                goto default;
            case CourseEnding.OtherShop:
                _switchesShop = File.InFlight is { } waiting && isStranger(waiting.Cluster); // a front end that has never heard of a view showed a copy of the shop
                goto default;
            default:
                if (outcome.Ending is CourseEnding.NotSent or CourseEnding.NotBegun)
                    plan.AskAgain(_operation!.Kind);
                Disconnect();
                break;
        }

        if (_operation!.IsUpdate)
            profile.Unlock();
        _operation = null;
        _course = null;
        _nextWishMs = now.Ms + plan.PauseMs(process.World.Chance);
    }

    private void Note(Operation answered)
    {
        if (answered.Kind == RequestKind.PlaceOrder && answered.Answer is OrderAnswer placed)
            profile.Placed = placed.Order.OrderId;
        if (answered.Answer is ShopOrdersAnswer { Orders: var toCook })
            profile.ToCook = [.. toCook.Select(o => new OrderOfUser(o.User, o.Order.OrderId))];
        if (answered.IsUpdate && File.InFlight is null)
            profile.Pending = null; // else it could not be saved that it is settled, so it will be asked again
    }
}
