using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Connection;

/// <summary>What a person should see while a request is on its way.</summary>
internal interface IClientNotices
{
    /// <summary>A try failed and another follows.</summary>
    /// <param name="retry">1 to <paramref name="retries"/>; 0: at once.</param>
    void TryingAgain(AttemptFailure failure, bool wasConnected, int retry, int retries);

    /// <summary>The try under way has no answer yet, which is longer than usual. Nothing went wrong so far: only who waits at a screen is told.</summary>
    void StillWaiting()
    {
    }

    /// <summary>After <see cref="TryingAgain"/>: an answer came.</summary>
    void Recovered();

    /// <summary>An update of an earlier run, or of an earlier try, was asked again and has its final answer.</summary>
    void CameOf(UpdateInFlight update, Answer answer);
}
