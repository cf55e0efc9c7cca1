using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;

namespace JustHungry.Tests.UserCli.Support;

internal sealed class RecordedNotices : IClientNotices
{
    public List<(AttemptFailure Failure, int Retry)> Tries { get; } = [];

    public List<(UpdateInFlight Update, Answer Answer)> Came { get; } = [];

    public List<UpdateInFlight> Waited { get; } = [];

    public List<string> Unsaved { get; } = [];

    public int Waits { get; private set; }

    public int Recoveries { get; private set; }

    public void TryingAgain(FailedTry failed) => Tries.Add((failed.Failure, failed.Retry));

    public void StillWaiting() => Waits++;

    public void Recovered() => Recoveries++;

    public void CameOf(UpdateInFlight update, Answer answer) => Came.Add((update, answer));

    public void HadWaited(UpdateInFlight update) => Waited.Add(update);

    public void NotSaved(string reason) => Unsaved.Add(reason);
}
