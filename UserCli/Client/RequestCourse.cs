using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>
/// The course of one request from the wish to its end. An update that waits in the profile is settled first; then the new one is begun,
/// sent, tried again, and settled or forgotten. It has no side effects: it is told what happened and when, and says what to do next; the
/// CLI and the simulator's users do that, and may die before, during or after each step. Its rules: an update is on the disk before it is
/// sent; it is sent to the shop it is meant for and to no other; and one that any replica may have is never forgotten.
/// </summary>
/// <param name="profile">The profile as it is on the disk. For an update, nobody else may change it until the end.</param>
/// <param name="wish">What the user wants; null if only the update that waits in the profile is to be settled.</param>
/// <param name="frontEnd">Which front end to try first: the one that gave the last answer.</param>
/// <param name="takesNewShop">The user has said that the shop was replaced, so that whichever shop answers at the address is meant.</param>
internal sealed class RequestCourse(Profile profile, ShopAddress at, Wish? wish, RetryPolicy policy, int frontEnd, bool takesNewShop = false)
{
    private Profile _profile = profile;
    private RequestAttempts _attempts = new(false, policy, frontEnd);
    private UpdateInFlight? _update;
    private Answer? _answer;
    private Saving _saving;
    private Profile? _toSave;
    private bool _isEarlier;
    private bool _hadWaited;
    private ClusterId _met;

    private enum Saving
    {
        Begun,
        Settled,
        Forgotten,
    }

    public RequestAttempts Attempts => _attempts;

    /// <summary>For Tell: an earlier update that was waiting and is not the wish, and what became of it.</summary>
    public (UpdateInFlight Update, Answer Answer) Earlier { get; private set; }

    /// <summary>Set when the course has ended.</summary>
    public CourseOutcome? Outcome { get; private set; }

    /// <summary>The id of what is asked; none for a retrieval.</summary>
    public RequestId RequestId => _update?.RequestId ?? wish?.RequestId ?? RequestId.None;

    public bool IsUpdate => _update is not null || (wish is not null && wish.Kind.IsUpdate());

    public CourseStep Begin()
    {
        bool settlesFirst = wish is null || wish.Kind.IsUpdate();
        if (!settlesFirst || _profile.InFlight is not { } waiting)
            return wish is null ? End(CourseEnding.Nothing) : BeginOwn();

        _update = waiting;
        _hadWaited = wish is not null && !wish.IsAgain && waiting.Is(wish, at);
        _isEarlier = wish is not null && !_hadWaited;
        return waiting.MayBeFor(at) ? Try(mayHaveTakenEffect: true) : End(CourseEnding.OtherShop);
    }

    /// <summary>The connection that was asked for is open.</summary>
    /// <param name="cluster">The shop that the front end serves; none if it has not found one yet.</param>
    /// <param name="frontEnds">All front ends that are known now; they are remembered with the answer.</param>
    public CourseStep Connected(long nowMs, ClusterId cluster, IReadOnlyList<Endpoint> frontEnds)
    {
        if (Expected is { } expected && expected != cluster)
            return cluster == ClusterId.None || _met == expected ? NotConnected(nowMs) : GiveUpOn(cluster);

        _met = cluster;
        FrontEnds = frontEnds;
        if (_update is null && IsUpdate)
            return Save(Saving.Begun, _profile.Begin(at, cluster, wish!));
        return Send(nowMs);
    }

    public CourseStep NotConnected(long nowMs) => Follow(_attempts.NotConnected(nowMs));

    public CourseStep ConnectionLost(long nowMs) => Follow(_attempts.ConnectionLost(nowMs));

    public CourseStep TimedOut(long nowMs) => Follow(_attempts.TimedOut(nowMs));

    public CourseStep Answered(long nowMs, Answer answer)
    {
        AttemptStep step = _attempts.Answered(nowMs, answer);
        if (step.Act != NextAct.Done)
            return Follow(step);

        _answer = answer;
        return _update is null ? End(CourseEnding.Answered) : Save(Saving.Settled, _profile.Settle(answer).Know(Shop));
    }

    /// <summary>Time has passed; null while there is nothing to do.</summary>
    public CourseStep? Tick(long nowMs) => _attempts.Tick(nowMs) is { } step ? Follow(step) : null;

    public CourseStep Saved(long nowMs)
    {
        _profile = _toSave!;
        switch (_saving)
        {
            case Saving.Begun:
                _update = _profile.InFlight;
                return Send(nowMs);
            case Saving.Forgotten:
                return End(CourseEnding.NotSent);
            default:
                return AfterAnswer();
        }
    }

    /// <param name="mayBeOnDisk">The profile that was to be written may be on the disk all the same.</param>
    public CourseStep SaveFailed(bool mayBeOnDisk)
    {
        switch (_saving)
        {
            case Saving.Begun:
                _update = _toSave!.InFlight;
                return End(mayBeOnDisk ? CourseEnding.Unknown : CourseEnding.NotBegun);
            case Saving.Forgotten:
                return End(CourseEnding.Unknown); // it is kept after all, so it will be sent
            default:
                IsUnsaved = true;
                return AfterAnswer();
        }
    }

    /// <summary>The user has been told of <see cref="Earlier"/>.</summary>
    public CourseStep Told()
    {
        _isEarlier = false;
        _update = null;
        _answer = null;
        return IsUnsaved ? End(CourseEnding.NotBegun) : BeginOwn();
    }

    /// <summary>The user leaves.</summary>
    public CourseStep Interrupted() => Leave();

    /// <summary>The shop that answered.</summary>
    public KnownShop Shop => new(at, _met, FrontEnds);

    private IReadOnlyList<Endpoint> FrontEnds { get; set; } = [];

    private bool IsUnsaved { get; set; }

    /// <summary>The shop that must answer; null if whichever answers is meant. Once one has, it must be that one.</summary>
    private ClusterId? Expected
    {
        get
        {
            ClusterId known = takesNewShop ? ClusterId.None : _update?.Cluster ?? _profile.ShopAt(at)?.Cluster ?? ClusterId.None;
            ClusterId expected = known == ClusterId.None ? _met : known;
            return expected == ClusterId.None ? null : expected;
        }
    }

    private CourseStep BeginOwn() => Try(mayHaveTakenEffect: false);

    private CourseStep Try(bool mayHaveTakenEffect)
    {
        _attempts = new RequestAttempts(IsUpdate, policy, _attempts.FrontEnd, mayHaveTakenEffect);
        return Follow(_attempts.Begin());
    }

    private CourseStep Send(long nowMs)
    {
        UserRequest request = _update?.ToRequest(_profile) ?? wish!.ToRetrieval(_profile);
        return new CourseStep(CourseAct.Send, Request: request, UntilMs: _attempts.Sent(nowMs));
    }

    private CourseStep Save(Saving saving, Profile profile)
    {
        (_saving, _toSave) = (saving, profile);
        return new CourseStep(CourseAct.Save, Profile: profile);
    }

    private CourseStep Follow(AttemptStep step) => step.Act switch
    {
        NextAct.Send => new CourseStep(CourseAct.Connect, step.FrontEnd),
        NextAct.Wait => new CourseStep(CourseAct.Wait, UntilMs: step.UntilMs),
        _ => Leave(),
    };

    private CourseStep AfterAnswer()
    {
        if (!_isEarlier)
            return End(CourseEnding.Answered);

        Earlier = (_update!, _answer!);
        return new CourseStep(CourseAct.Tell);
    }

    /// <summary>Ends without an answer: an update that a replica may have is kept, one that no replica can have is forgotten.</summary>
    private CourseStep Leave() =>
        _attempts.OutcomeUnknown ? End(CourseEnding.Unknown)
        : _update is not null ? Save(Saving.Forgotten, _profile.Forget())
        : End(CourseEnding.NotSent);

    private CourseStep GiveUpOn(ClusterId met)
    {
        _met = met;
        return End(CourseEnding.OtherShop);
    }

    private CourseStep End(CourseEnding ending)
    {
        Outcome = new CourseOutcome(ending, _update, _answer) { HadWaited = _hadWaited, IsUnsaved = IsUnsaved, Met = _met };
        return new CourseStep(CourseAct.End);
    }
}
