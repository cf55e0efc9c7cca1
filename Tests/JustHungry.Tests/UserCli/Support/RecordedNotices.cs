using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;

namespace JustHungry.Tests.UserCli.Support;

internal sealed class RecordedNotices : IClientNotices
{
    public List<(AttemptFailure Failure, int Retry)> Tries { get; } = [];

    public List<(UpdateInFlight Update, Answer Answer)> Came { get; } = [];

    public int Waits { get; private set; }

    public int Recoveries { get; private set; }

    public void TryingAgain(AttemptFailure failure, bool wasConnected, int retry, int retries) => Tries.Add((failure, retry));

    public void StillWaiting() => Waits++;

    public void Recovered() => Recoveries++;

    public void CameOf(UpdateInFlight update, Answer answer) => Came.Add((update, answer));
}
