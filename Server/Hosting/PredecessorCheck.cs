using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Hosting;

/// <summary>
/// Before a server registers, finds out whether another live server is registered under its id, by asking the registered endpoint for its
/// status. If the registered process answers, it is alive; if the connection is refused or reset, nothing comes for a second, or another
/// process answers, it is dead and may be replaced at once. Nothing is safe by this check: a directory is locked, and an id on another disk
/// is no member. It only keeps two servers from taking the name in turns.
/// </summary>
internal static class PredecessorCheck
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NameServerPatience = TimeSpan.FromSeconds(2);

    /// <summary>The dead process that holds the name; none if nobody does, or nobody can say.</summary>
    /// <param name="isRequired">
    /// By the view on its disk, commits need this server. So it waits for no name server: it serves, and registers when there is one.
    /// </param>
    /// <exception cref="NameServerMissingException">The name server answered none of the attempts.</exception>
    /// <exception cref="LivePredecessorException">A live server has this id.</exception>
    public static async Task<BootId> FindDeadAsync(ServerOptions options, bool isRequired, ILogger log, CancellationToken cancel)
    {
        Registration? holder = await LookUpAsync(options, isRequired, log, cancel).ConfigureAwait(false);
        if (holder is null)
            return BootId.None;

        if (await IsHeldByLiveServerAsync(options, holder, cancel).ConfigureAwait(false))
            throw new LivePredecessorException(options.Id, holder.Endpoint);
        return holder.Boot;
    }

    /// <summary>
    /// Another process got the name between our look-up and our registration. It may be dead: its renewal may have been under way when it
    /// died. Then it is replaced. True if it is alive.
    /// </summary>
    public static async Task<bool> IsHeldByLiveServerAsync(ServerOptions options, Registration holder, CancellationToken cancel) =>
        await OperatorClient.TryAskOnceAsync<Status, StatusReport>(holder.Endpoint, Role.Replica, options.Caller, default, Silence, cancel).ConfigureAwait(false) is { } report &&
        report.Boot == holder.Boot;

    private static async Task<Registration?> LookUpAsync(ServerOptions options, bool isRequired, ILogger log, CancellationToken cancel)
    {
        string name = NameRules.Replica(options.Group, options.Id);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                OperatorClient client = await NameServerClient.ConnectAsync(options.NameServers, options.Caller, NameServerPatience, cancel).ConfigureAwait(false);
                await using (client.ConfigureAwait(false))
                {
                    return await client.AskAsync(
                        new Lookup(name), frame => frame.Type == MessageType.Found ? frame.As<Found>().Registration : null, cancel).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
            {
                if (isRequired)
                {
                    Log.ServesUnregistered(log, options.NameServers);
                    return null;
                }

                Log.NameServerMissing(log, options.NameServers, attempt, options.Attempts);
                if (attempt == options.Attempts)
                    throw new NameServerMissingException(options.NameServers, e);
            }

            await Task.Delay(TimeSpan.FromSeconds(options.IntervalSeconds), cancel).ConfigureAwait(false);
        }
    }
}

/// <summary>The name server did not answer.</summary>
internal sealed class NameServerMissingException(NameServerList nameServers, Exception inner) : ExplainedException(
    $"NamingError: no name server answers at {nameServers} ({inner.Message}). Start it with 'nameserver', or say where it is with --name-server H:P " +
    $"or ${NameServerOptions.NameServerVariable}.", inner)
{
    /// <summary>The message begins with its type, as the front end's does.</summary>
    public override string ToLine(string program) => Message;
}

/// <summary>A live server has this id.</summary>
internal sealed class LivePredecessorException(ReplicaId id, Endpoint endpoint) : ExplainedException(
    $"a live server is registered as '{id}' already, at {endpoint}. Stop it first, or give this one another id.");
