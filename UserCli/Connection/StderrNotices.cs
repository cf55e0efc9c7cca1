using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Connection;

/// <summary>Notices as plain sentences on stderr, so that stdout holds the answer alone.</summary>
internal sealed class StderrNotices(TextWriter error) : IClientNotices
{
    public void TryingAgain(FailedTry failed) => error.WriteLine(Sentences.TryingAgain(failed.Failure, failed.WasConnected, failed.Retry, failed.Retries, failed.Reason));

    public void Recovered() => error.WriteLine(Sentences.Recovered);

    public void CameOf(UpdateInFlight update, Answer answer) => error.WriteLine(Sentences.CameOf(update, answer));

    public void HadWaited(UpdateInFlight update) => error.WriteLine(Sentences.HadWaited(update));

    public void NewPerson(string path) => error.WriteLine(Sentences.NewPerson(path));

    public void NotSaved(string reason) => error.WriteLine(Sentences.NotSaved(reason));
}
