using System.Buffers;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli.Connection;

/// <summary>
/// Asks the shop on behalf of the profile's user: the loop round <see cref="RequestAttempts"/>, and the order in which an update is
/// written down, sent and settled. One request at a time.
/// </summary>
internal sealed class ShopClient(
    ProfileFile file, FrontEndLink link, string group, RetryPolicy policy, IClientNotices notices, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>An answer comes in milliseconds; one that takes longer waits for a change of servers, which people should know.</summary>
    private static readonly TimeSpan UsualAnswer = TimeSpan.FromMilliseconds(400);

    private int? _frontEnd;

    public string Group => group;

    public ProfileFile File => file;

    public bool IsConnected => link.IsOpen;

    /// <summary>Makes a retrieval.</summary>
    /// <exception cref="UnavailableException">No final answer came.</exception>
    /// <exception cref="ProfileException">The profile can't be used.</exception>
    public async Task<Answer> AskAsync(RequestKind kind, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        Profile profile = await file.LoadAsync(cancel);
        RecallFrontEnds(profile);
        var request = new UserRequest(profile.User, profile.Key, 0, RequestId.None, kind, new ReadOnlySequence<byte>(body));
        Answer answer = await SendAsync(request, NewAttempts(profile, isUpdate: false, wasBegunBefore: false), cancel);
        if (!profile.Remembers(group, link.Directory.Known))
        {
            // only a convenience: whoever holds the lock goes first
            using LockedProfile? locked = file.TryLock();
            locked?.Save(locked.Current with { Group = group, FrontEnds = link.Directory.Known });
        }

        return answer;
    }

    /// <summary>Makes an update, after the one in flight, if there is one, has been asked again and has its answer.</summary>
    /// <exception cref="UnavailableException">No final answer came; the update stays in the profile if its outcome is unknown.</exception>
    /// <exception cref="ProfileException">The profile can't be used, or another CLI has it.</exception>
    public async Task<Answer> UpdateAsync(RequestKind kind, ReadOnlyMemory<byte> body, string words, CancellationToken cancel)
    {
        using LockedProfile locked = await file.LockAsync(cancel);
        if (locked.Current.InFlight is { } earlier)
            notices.CameOf(earlier, await SettleAsync(locked, wasBegunBefore: true, cancel));

        locked.Save(locked.Current.Begin(group, new RequestId(FreshIds.Next()), kind, body, words));
        return await SettleAsync(locked, wasBegunBefore: false, cancel);
    }

    /// <summary>Asks the update in flight again; null if there is none.</summary>
    /// <exception cref="UnavailableException">Still no final answer.</exception>
    public async Task<(UpdateInFlight Update, Answer Answer)?> ResumeAsync(CancellationToken cancel)
    {
        if ((await file.LoadAsync(cancel)).InFlight is null)
            return null;

        using LockedProfile locked = await file.LockAsync(cancel);
        if (locked.Current.InFlight is not { } update)
            return null; // another CLI has settled it meanwhile
        return (update, await SettleAsync(locked, wasBegunBefore: true, cancel));
    }

    public ValueTask DisposeAsync() => link.DisposeAsync();

    /// <summary>Sends the profile's update in flight and, with its final answer, clears it.</summary>
    private async Task<Answer> SettleAsync(LockedProfile locked, bool wasBegunBefore, CancellationToken cancel)
    {
        UpdateInFlight update = locked.Current.InFlight!;
        if (update.Group != group)
            throw new UnavailableException(Sentences.OtherGroup(update), ExitCode.OutcomeUnknown, update.RequestId);

        RecallFrontEnds(locked.Current);
        RequestAttempts attempts = NewAttempts(locked.Current, isUpdate: true, wasBegunBefore);
        try
        {
            Answer answer = await SendAsync(update.ToRequest(locked.Current), attempts, cancel);
            locked.Save(locked.Current.Settle(answer) with { Group = group, FrontEnds = link.Directory.Known });
            return answer;
        }
        catch (Exception e) when (e is UnavailableException or OperationCanceledException)
        {
            if (!attempts.OutcomeUnknown)
                locked.Save(locked.Current.Forget()); // no replica has seen it, nor ever will
            else if (e is OperationCanceledException)
                throw new UnavailableException(Sentences.Interrupted(update), ExitCode.OutcomeUnknown, update.RequestId);
            throw;
        }
    }

    private RequestAttempts NewAttempts(Profile profile, bool isUpdate, bool wasBegunBefore)
    {
        // Spreads users over the front ends; after the first answer the one that gave it is kept.
        _frontEnd ??= (int)(uint)(profile.User.Value & 0xFFFF);
        return new RequestAttempts(isUpdate, policy, _frontEnd.Value, mayHaveTakenEffect: wasBegunBefore);
    }

    private async Task<Answer> SendAsync(UserRequest request, RequestAttempts attempts, CancellationToken cancel)
    {
        AttemptStep step = attempts.Begin();
        while (true)
        {
            string reason = "";
            switch (step.Act)
            {
                case NextAct.Wait:
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, step.UntilMs - NowMs())), time, cancel);
                    step = attempts.Tick(NowMs()) ?? step;
                    continue;
                case NextAct.Send:
                    (step, reason, Answer? answer) = await TryAsync(request, attempts, step.FrontEnd, cancel);
                    _frontEnd = attempts.FrontEnd;
                    if (answer is not null)
                    {
                        if (attempts.LastFailure is not null)
                            notices.Recovered();
                        return answer;
                    }

                    break;
                default:
                    throw new InvalidOperationException($"{step.Act} without a try");
            }

            AttemptFailure failure = attempts.LastFailure!.Value;
            Log.TryFailed(log, failure, reason);
            if (step.Act == NextAct.GiveUp)
                throw new UnavailableException(Sentences.GaveUp(failure, reason, request.Kind.IsUpdate(), step.ExitCode), step.ExitCode, request.RequestId);
            notices.TryingAgain(failure, link.WasConnected, attempts.Retry, policy.Retries);
        }
    }

    /// <summary>One try: the step that follows it, why it failed, and the answer if it is final.</summary>
    private async Task<(AttemptStep Step, string Reason, Answer? Answer)> TryAsync(
        UserRequest request, RequestAttempts attempts, int frontEnd, CancellationToken cancel)
    {
        if (await link.OpenAsync(frontEnd, cancel) is { } notOpen)
            return (attempts.NotConnected(NowMs()), notOpen, null);

        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(attempts.Sent(NowMs()) - NowMs()), time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            Task<Answer> asking = link.AskAsync(request, ended.Token);
            Answer answer = await WithNoticeAsync(asking);
            AttemptStep step = attempts.Answered(NowMs(), answer);
            return step.Act == NextAct.Done ? (step, "", answer) : (step, ((RefusalAnswer)answer).Message(), null);
        }
        catch (ConnectionLostException e)
        {
            await link.CloseAsync();
            return (attempts.ConnectionLost(NowMs()), e.Message, null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await link.CloseAsync();
            return (attempts.TimedOut(NowMs()), $"no answer within {RequestAttempts.AnswerMs / 1000} s", null);
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

    private void RecallFrontEnds(Profile profile)
    {
        if (link.Directory.Known.Count == 0 && profile.Group == group)
            link.Directory.Remember(profile.FrontEnds);
    }

    private long NowMs() => (long)time.GetElapsedTime(0).TotalMilliseconds;
}
