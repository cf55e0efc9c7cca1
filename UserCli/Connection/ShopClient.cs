using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli.Connection;

/// <summary>Which shop a client asks, and how.</summary>
/// <param name="At">The shop.</param>
/// <param name="TakesNewShop">Accept whichever shop answers there, even if it is not the one that answered last time.</param>
/// <param name="FrontEnds">The front ends that the user named; null: the name server lists them.</param>
internal sealed record ClientSettings(ShopAddress At, RetryPolicy Retry, bool TakesNewShop = false, IReadOnlyList<Endpoint>? FrontEnds = null)
{
    /// <summary>The name servers to ask; the first one is the shop's door. Null: nobody is asked.</summary>
    public NameServerList? NameServers { get; init; }
}

/// <summary>
/// Asks the shop on behalf of the profile's user: does what a <see cref="RequestCourse"/> decides, on a real file and a real connection.
/// One request at a time.
/// </summary>
internal sealed partial class ShopClient(
    ProfileFile file, FrontEndLink link, ClientSettings settings, IClientNotices notices, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>
    /// An answer usually comes in milliseconds. One that takes longer probably waits for a change of servers, and people should know
    /// that.
    /// </summary>
    private static readonly TimeSpan UsualAnswer = TimeSpan.FromMilliseconds(400);

    private int? _frontEnd;

    public ShopAddress At => settings.At;

    public ProfileFile File => file;

    /// <summary>The shop has done an update of this run.</summary>
    public bool HasUpdated { get; private set; }

    public bool IsConnected => link.IsOpen;

    /// <summary>Makes a retrieval.</summary>
    /// <exception cref="UnavailableException">No final answer came.</exception>
    /// <exception cref="ProfileException">The profile can't be used.</exception>
    public async Task<Answer> AskAsync(RequestKind kind, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        Profile profile = await file.LoadAsync(cancel);
        return await AskUntilLeftAsync(async () =>
        {
            RequestCourse course = NewCourse(profile, new Wish(kind, body, RequestId.None));
            CourseOutcome outcome = await RunAsync(course, locked: null, cancel);
            if (!profile.Knows(course.Shop))
                RememberShop(course.Shop);
            return outcome.Answer!;
        }, cancel);
    }

    /// <summary>Makes an update. If another is in flight, it is asked again first, until it has its answer.</summary>
    /// <param name="isAgain">
    /// Make another update even if the same one is waiting for its answer. Otherwise the waiting one is meant, and its answer is
    /// returned.
    /// </param>
    /// <exception cref="UnavailableException">No final answer came; the update stays in the profile if its outcome is unknown.</exception>
    /// <exception cref="ProfileException">The profile can't be used, or another CLI has it.</exception>
    public Task<Answer> UpdateAsync(RequestKind kind, ReadOnlyMemory<byte> body, string words, CancellationToken cancel, bool isAgain = false)
    {
        bool isAsked = false;
        return AskUntilLeftAsync(() =>
        {
            bool isNew = isAgain && !isAsked; // tried again, it is the one that waits for its answer
            isAsked = true;
            return UpdateOnceAsync(new Wish(kind, body, new RequestId(FreshIds.Next()), words, isNew), cancel);
        }, cancel);
    }

    private async Task<Answer> UpdateOnceAsync(Wish wish, CancellationToken cancel)
    {
        using LockedProfile locked = await file.LockAsync(cancel);
        CourseOutcome outcome = await RunAsync(NewCourse(locked.Current, wish), locked, cancel);
        if (outcome.HadWaited)
            notices.HadWaited(outcome.Update!);
        HasUpdated |= outcome.Answer is not RefusalAnswer;
        return outcome.Answer!;
    }

    /// <summary>Asks the update in flight again; null if there is none.</summary>
    /// <exception cref="UnavailableException">Still no final answer.</exception>
    public async Task<(UpdateInFlight Update, Answer Answer)?> ResumeAsync(CancellationToken cancel)
    {
        if ((await file.LoadAsync(cancel)).InFlight is null)
            return null;

        using LockedProfile locked = await file.LockAsync(cancel);
        CourseOutcome outcome = await RunAsync(NewCourse(locked.Current, wish: null), locked, cancel);
        return outcome.Ending == CourseEnding.Nothing ? null : (outcome.Update!, outcome.Answer!); // another CLI may have settled it meanwhile
    }

    public ValueTask DisposeAsync() => link.DisposeAsync();

    private RequestCourse NewCourse(Profile profile, Wish? wish)
    {
        if (link.Directory.Known.Count == 0 && profile.ShopAt(At) is { } known)
            link.Directory.Remember(known.FrontEnds);

        // Spreads users over the front ends. After the first answer, the front end that gave it is kept.
        _frontEnd ??= (int)(uint)(profile.User.Value & 0xFFFF);
        return new RequestCourse(profile, At, wish, settings.Retry, _frontEnd.Value, settings.TakesNewShop);
    }

    /// <summary>Follows the course to its end, which is an answer, or that there was nothing to ask.</summary>
    /// <param name="locked">The locked profile; only for updates.</param>
    private async Task<CourseOutcome> RunAsync(RequestCourse course, LockedProfile? locked, CancellationToken cancel)
    {
        string reason = "";
        ProfileException? notSaved = null;
        bool isInterrupted = false;
        CourseStep step = course.Begin();
        while (step.Act != CourseAct.End)
        {
            try
            {
                switch (step.Act)
                {
                    case CourseAct.Save:
                        (step, notSaved) = Save(course, locked!, step.Profile!);
                        break;
                    case CourseAct.Wait:
                        await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, step.UntilMs - NowMs())), time, cancel);
                        step = course.Tick(NowMs()) ?? step;
                        break;
                    case CourseAct.Tell:
                        notices.CameOf(course.Earlier.Update, course.Earlier.Answer);
                        step = course.Told();
                        break;
                    default:
                        (step, reason) = await TryAsync(course, step, reason, cancel);
                        break;
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                isInterrupted = true;
                await link.CloseAsync(); // a late answer must not be taken for another request's
                step = course.Interrupted();
            }
        }

        return Conclude(course, reason, notSaved, isInterrupted, cancel);
    }

    private (CourseStep Step, ProfileException? NotSaved) Save(RequestCourse course, LockedProfile locked, Profile profile)
    {
        try
        {
            locked.Save(profile);
            return (course.Saved(NowMs()), null);
        }
        catch (ProfileException e)
        {
            return (course.SaveFailed(locked.MayHold(profile)), e);
        }
    }

    /// <summary>Connects or sends. If that fails and another attempt follows, it says so.</summary>
    private async Task<(CourseStep Step, string Reason)> TryAsync(RequestCourse course, CourseStep step, string reason, CancellationToken cancel)
    {
        bool hadFailed = course.Attempts.LastFailure is not null;
        (CourseStep next, string? failure) = step.Act == CourseAct.Connect
            ? await ConnectAsync(course, step.FrontEnd, cancel)
            : await SendAsync(course, step, cancel);
        _frontEnd = course.Attempts.FrontEnd;
        if (failure is null)
        {
            if (step.Act == CourseAct.Send && hadFailed)
                notices.Recovered();
            return (next, reason);
        }

        Log.TryFailed(log, course.Attempts.LastFailure!.Value, failure);
        if (next.Act is CourseAct.Connect or CourseAct.Wait)
            notices.TryingAgain(new FailedTry(course.Attempts.LastFailure.Value, link.WasConnected, course.Attempts.Retry, settings.Retry.Retries, failure));
        return (next, failure);
    }

    private async Task<(CourseStep Step, string? Failure)> ConnectAsync(RequestCourse course, int frontEnd, CancellationToken cancel)
    {
        if (await link.OpenAsync(frontEnd, cancel) is { } notOpen)
            return (course.NotConnected(NowMs()), notOpen);

        CourseStep next = course.Connected(NowMs(), link.Cluster, link.Directory.Known);
        if (next.Act is not (CourseAct.Connect or CourseAct.Wait))
            return (next, null);

        await link.CloseAsync();
        return (next, link.Cluster == ClusterId.None ? "the front end has not found its servers yet" : "the front end serves another shop");
    }

    private async Task<(CourseStep Step, string? Failure)> SendAsync(RequestCourse course, CourseStep step, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Max(1, step.UntilMs - NowMs())), time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            Answer answer = await WithNoticeAsync(link.AskAsync(step.Request!.Value, ended.Token));
            return (course.Answered(NowMs(), answer), answer is RefusalAnswer refusal && !answer.Code.IsFinal() ? refusal.Message() : null);
        }
        catch (ConnectionLostException e)
        {
            await link.CloseAsync();
            return (course.ConnectionLost(NowMs()), e.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await link.CloseAsync();
            return (course.TimedOut(NowMs()), $"no answer within {Timing.AnswerMs / 1000} s");
        }
    }

    private async Task<Answer> WithNoticeAsync(Task<Answer> asking)
    {
        try
        {
            return await asking.WaitAsync(UsualAnswer, time);
        }
        catch (TimeoutException)
        {
            notices.StillWaiting();
            return await asking;
        }
    }

    private CourseOutcome Conclude(RequestCourse course, string reason, ProfileException? notSaved, bool isInterrupted, CancellationToken cancel)
    {
        CourseOutcome outcome = course.Outcome!;
        UpdateInFlight? update = outcome.Update;
        RequestId id = course.RequestId;
        switch (outcome.Ending)
        {
            case CourseEnding.Answered or CourseEnding.Nothing:
                if (outcome.IsUnsaved)
                    notices.NotSaved(notSaved!.Message);
                return outcome;
            case CourseEnding.NotBegun:
                throw notSaved!;
            case CourseEnding.OtherShop:
                throw update is null
                    ? new UnavailableException(Sentences.OtherShop(At, outcome.Met), ExitCode.Refused, id)
                    : new UnavailableException(Sentences.OtherShop(update, At), ExitCode.OutcomeUnknown, id);
            case CourseEnding.Unknown when notSaved is not null:
                throw new UnavailableException(Sentences.NotForgotten(notSaved.Message), ExitCode.OutcomeUnknown, id);
            case CourseEnding.Unknown when isInterrupted:
                throw new UnavailableException(Sentences.Interrupted(update!), ExitCode.OutcomeUnknown, id);
            default:
                if (isInterrupted)
                    throw new OperationCanceledException(cancel);
                int exitCode = outcome.Ending == CourseEnding.Unknown ? ExitCode.OutcomeUnknown : ExitCode.Unavailable;
                throw new UnavailableException(Sentences.GaveUp(course.Attempts.LastFailure!.Value, reason, course.IsUpdate, exitCode), exitCode, id);
        }
    }

    private void RememberShop(KnownShop shop)
    {
        try
        {
            // only a convenience, so skipped while another process holds the lock
            using LockedProfile? locked = file.TryLock();
            locked?.Save(locked.Current.Know(shop));
        }
        catch (ProfileException e)
        {
            Log.ShopNotRemembered(log, e.Message);
        }
    }

    private long NowMs() => (long)time.GetElapsedTime(0).TotalMilliseconds;
}
