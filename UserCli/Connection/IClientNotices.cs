using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Connection;

/// <summary>A try that brought no answer, before the next one.</summary>
/// <param name="WasConnected">This run has been connected before.</param>
/// <param name="Retry">Which one follows, 1 to <paramref name="Retries"/>; 0: one at once.</param>
/// <param name="Reason">What it met, with the address.</param>
internal readonly record struct FailedTry(AttemptFailure Failure, bool WasConnected, int Retry, int Retries, string Reason);

/// <summary>What a person should see while a request is on its way.</summary>
internal interface IClientNotices
{
    /// <summary>A try failed and another follows.</summary>
    void TryingAgain(FailedTry failed);

    /// <summary>The try under way has no answer yet, which is longer than usual. Nothing went wrong so far: only who waits at a screen is told.</summary>
    void StillWaiting()
    {
    }

    /// <summary>After <see cref="TryingAgain"/>: an answer came.</summary>
    void Recovered();

    /// <summary>An update of an earlier run, or of an earlier try, was asked again and has its final answer.</summary>
    void CameOf(UpdateInFlight update, Answer answer);

    /// <summary>What was asked for waited for its answer already: the answer is that one's, and nothing was asked twice.</summary>
    void HadWaited(UpdateInFlight update);

    /// <summary>The answer came and stands, but the profile does not have it.</summary>
    void NotSaved(string reason);
}
