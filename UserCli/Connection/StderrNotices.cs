using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Connection;

/// <summary>Notices as plain sentences on stderr, so that stdout holds the answer alone.</summary>
internal sealed class StderrNotices(TextWriter error) : IClientNotices
{
    public void TryingAgain(AttemptFailure failure, bool wasConnected, int retry, int retries) =>
        error.WriteLine(Sentences.TryingAgain(failure, wasConnected, retry, retries));

    public void Recovered() => error.WriteLine(Sentences.Recovered);

    public void CameOf(UpdateInFlight update, Answer answer) => error.WriteLine(Sentences.CameOf(update, answer));
}
