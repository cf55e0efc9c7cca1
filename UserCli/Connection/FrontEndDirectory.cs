using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using JustHungry.UserCli.Client;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli.Connection;

/// <summary>Where a group's front ends listen, according to the name server; while that is away, the ones it listed last.</summary>
internal sealed class FrontEndDirectory(ShopAddress at, Hello own, ILogger log)
{
    /// <summary>A name server that is running answers in milliseconds.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>The front ends of the last <see cref="FindAsync"/>, or those that an earlier run remembered for this address.</summary>
    public IReadOnlyList<Endpoint> Known { get; private set; } = [];

    public void Remember(IReadOnlyList<Endpoint> frontEnds) => Known = frontEnds;

    /// <summary>Asks the name server.</summary>
    /// <returns>Null, or why no front end is known.</returns>
    public async Task<string?> FindAsync(CancellationToken cancel)
    {
        string nobody;
        try
        {
            await using RpcClient client = await RpcClient.ConnectAsync(at.NameServer, own, Timeout, cancel);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            deadline.CancelAfter(Timeout);
            Listed listed = await client.CallAsync<List, Listed>(
                new List("", [NameRules.FrontEndMetadata, NameRules.GroupMetadata(at.Group)], AnyMetadata: false),
                type => new ConnectionLostException($"it answered {type}"), deadline.Token);

            // the oldest front end is listed under two names
            Endpoint[] found = [.. listed.Registrations.Select(r => r.Endpoint).Distinct()];
            Log.FrontEndsListed(log, at.NameServer, found.Length);
            if (found.Length > 0)
                Known = found;
            nobody = $"no front end of group {at.Group} is registered at the name server {at.NameServer}";
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            Log.NameServerAway(log, at.NameServer, e.Message, Known.Count);
            nobody = $"the name server {at.NameServer} does not answer";
        }

        return Known.Count > 0 ? null : nobody;
    }
}
