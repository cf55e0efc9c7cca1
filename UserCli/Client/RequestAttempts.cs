using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>
/// The attempts at one request: when to send, where, when to stop, and what may be said then. It has no side effects: it is told what
/// happened and when, and decides; the CLI and the simulator's users act on that. Its one rule: an update never ends as "unavailable" if
/// any attempt may have reached a replica.
/// </summary>
/// <param name="frontEnd">Which front end to try first: the one that gave the last answer.</param>
/// <param name="mayHaveTakenEffect">An earlier run of the program has sent it, or may have.</param>
internal sealed class RequestAttempts(bool isUpdate, RetryPolicy policy, int frontEnd = 0, bool mayHaveTakenEffect = false)
{
    private bool _mayHaveTakenEffect = mayHaveTakenEffect;
    private bool _awaitsAnswer;
    private bool _triedAtOnce;
    private bool _gaveUp;
    private long? _dueMs;

    public int FrontEnd { get; private set; } = frontEnd;

    /// <summary>Which retry waits or runs: 1 to the policy's Retries; 0 for the first attempt and the immediate second one.</summary>
    public int Retry { get; private set; }

    public AttemptFailure? LastFailure { get; private set; }

    /// <summary>A replica may have the update: if it is interrupted now, its outcome is unknown.</summary>
    public bool OutcomeUnknown => isUpdate && (_mayHaveTakenEffect || _awaitsAnswer);

    public AttemptStep Begin() => Send();

    /// <summary>The request was sent. Returns the time by which the answer is due.</summary>
    public long Sent(long nowMs)
    {
        _awaitsAnswer = true;
        _dueMs = nowMs + Timing.AnswerMs;
        return _dueMs.Value;
    }

    /// <summary>The front end could not be reached, or refused the connection: this attempt sent nothing.</summary>
    public AttemptStep NotConnected(long nowMs) => Failed(nowMs, AttemptFailure.NotConnected, neverSent: true);

    public AttemptStep ConnectionLost(long nowMs) => Failed(nowMs, AttemptFailure.ConnectionLost, neverSent: !_awaitsAnswer);

    /// <summary>For a caller with a timer of its own; <see cref="Tick"/> notices it too.</summary>
    public AttemptStep TimedOut(long nowMs) => Failed(nowMs, AttemptFailure.NoAnswer, neverSent: false);

    public AttemptStep Answered(long nowMs, Answer answer)
    {
        if (!answer.Code.IsFinal() && answer is RefusalAnswer refusal)
        {
            AttemptFailure failure = refusal.Reason == AnswerCode.Overloaded ? AttemptFailure.Overloaded : AttemptFailure.TooFewReplicas;
            return Failed(nowMs, failure, refusal.NotSent);
        }

        _awaitsAnswer = false;
        _dueMs = null;
        return new AttemptStep(NextAct.Done);
    }

    /// <summary>Time has passed; null while there is nothing to do.</summary>
    public AttemptStep? Tick(long nowMs)
    {
        if (_dueMs is not { } due || nowMs < due)
            return null;
        return _awaitsAnswer ? TimedOut(nowMs) : Send();
    }

    private AttemptStep Send()
    {
        _dueMs = null;
        return new AttemptStep(NextAct.Send, FrontEnd);
    }

    private AttemptStep Failed(long nowMs, AttemptFailure failure, bool neverSent)
    {
        Invariant.Check(!_gaveUp, "a request that was given up is not tried again");
        _mayHaveTakenEffect |= !neverSent;
        _awaitsAnswer = false;
        LastFailure = failure;
        FrontEnd++;

        // A broken connection is no reason to wait: another front end, or the same one restarted, may be there already. A shop that has
        // just said that it is busy or has too few servers is not asked again at once.
        if (!_triedAtOnce && failure is AttemptFailure.NotConnected or AttemptFailure.ConnectionLost or AttemptFailure.NoAnswer)
        {
            _triedAtOnce = true;
            return Send();
        }

        if (Retry >= policy.Retries)
        {
            _gaveUp = true;
            _dueMs = null;
            return new AttemptStep(NextAct.GiveUp, ExitCode: OutcomeUnknown ? ExitCode.OutcomeUnknown : ExitCode.Unavailable);
        }

        Retry++;
        _dueMs = nowMs + policy.IntervalMs;
        return new AttemptStep(NextAct.Wait, UntilMs: _dueMs.Value);
    }
}
