using System.Diagnostics;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Protocol.Health;

/// <summary>One name server of a list, as an operator's command found it.</summary>
/// <param name="AnsweredMs">How long the answer to a ping took; null if there was none.</param>
/// <param name="StorageAnswers">It could say which view is in force, which it reads from its storage each time.</param>
/// <param name="Register">Which register it stands in front of; none if it does not say.</param>
public sealed record ProbedNameServer(Endpoint Endpoint, double? AnsweredMs, bool StorageAnswers, DiskId Register)
{
    /// <summary>How it stands, in words.</summary>
    public string State => AnsweredMs is null ? "away" : StorageAnswers ? "answers" : "its storage is away";

    /// <summary>Never fails.</summary>
    public static async Task<ProbedNameServer> AskAsync(Endpoint at, NameServerOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        var found = new ProbedNameServer(at, null, false, DiskId.None);
        try
        {
            OperatorClient client = await OperatorClient.ConnectAsync(at, Role.NameServer, options.Caller, NameServerClient.PatienceWithEach, cancel).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                long began = Stopwatch.GetTimestamp();
                await client.AskAsync<Ping, Pong>(default, cancel).ConfigureAwait(false);
                found = found with { AnsweredMs = Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1), Register = client.Register };
                await client.AskAsync<GetView, ViewIs>(new GetView(options.Group), cancel).ConfigureAwait(false);
                return found with { StorageAnswers = true };
            }
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException or OperationCanceledException)
        {
            return found;
        }
    }
}
