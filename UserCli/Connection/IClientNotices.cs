using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Connection;

/// <summary>An attempt that got no answer, before the next one.</summary>
/// <param name="WasConnected">This run of the program has been connected before.</param>
/// <param name="Retry">Which retry follows, 1 to <paramref name="Retries"/>; 0 if the next attempt is immediate.</param>
/// <param name="Reason">What went wrong, with the address.</param>
internal readonly record struct FailedTry(AttemptFailure Failure, bool WasConnected, int Retry, int Retries, string Reason);

/// <summary>What a person should see while a request is on its way.</summary>
internal interface IClientNotices
{
    /// <summary>An attempt failed and another follows.</summary>
    void TryingAgain(FailedTry failed);

    /// <summary>
    /// The attempt under way is taking longer than usual. Nothing has gone wrong so far, so this is only shown to a person at a screen.
    /// </summary>
    void StillWaiting()
    {
    }

    /// <summary>
    /// The tries are used up. A person decides whether to go on; a script gets the error, with its exit code.
    /// </summary>
    /// <param name="trouble">What went wrong, in sentences.</param>
    /// <param name="since">When the request that got no answer was first made.</param>
    /// <returns>True to try again.</returns>
    Task<bool> AskToTryAgainAsync(string trouble, DateTimeOffset since, CancellationToken cancel) => Task.FromResult(false);

    /// <summary>An answer came, after <see cref="TryingAgain"/> was called.</summary>
    void Recovered();

    /// <summary>An update of an earlier run, or an earlier one of this run, was asked again and has its final answer.</summary>
    void CameOf(UpdateInFlight update, Answer answer);

    /// <summary>The same update was waiting for its answer already. The answer is that update's, and nothing was done twice.</summary>
    void HadWaited(UpdateInFlight update);

    /// <summary>There was no profile where the user said that it is, so one was made: perhaps it was mistyped.</summary>
    void NewPerson(string path)
    {
    }

    /// <summary>The answer came and is valid, but it could not be saved in the profile.</summary>
    void NotSaved(string reason);
}
