using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.UserCli.Client;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli.Connection;

/// <summary>
/// Where a group's front ends listen: those that the user named, or those that the name server lists; while that is away, the ones it
/// listed last.
/// </summary>
/// <param name="nameServers">Null: only the one at the shop's door.</param>
/// <param name="named">The front ends that the user named. Then no name server is asked.</param>
internal sealed class FrontEndDirectory(ShopAddress at, Hello own, ILogger log, IReadOnlyList<Endpoint>? named = null, LinkSecurity? security = null, NameServerList? nameServers = null)
{
    /// <summary>A name server that is running answers in milliseconds.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly NameServerList _nameServers = nameServers ?? at.Door;

    /// <summary>The front ends of the last <see cref="FindAsync"/>, or those that an earlier run remembered for this address.</summary>
    public IReadOnlyList<Endpoint> Known { get; private set; } = named ?? [];

    public void Remember(IReadOnlyList<Endpoint> frontEnds) => Known = frontEnds;

    /// <summary>Asks the name server, unless the user named front ends.</summary>
    /// <returns>Null, or why no front end is known.</returns>
    public async Task<string?> FindAsync(CancellationToken cancel)
    {
        if (named is not null)
            return null;

        string nobody;
        try
        {
            Listed listed = await NameServerClient.FirstAsync(_nameServers, Timeout, (nameServer, patience) => ListAsync(nameServer, patience, cancel));

            // the oldest front end is listed under two names
            Endpoint[] found = [.. listed.Registrations.Select(r => r.Endpoint).Distinct()];
            Log.FrontEndsListed(log, _nameServers, found.Length);
            if (found.Length > 0)
                Known = found;
            nobody = $"no front end of group {at.Group} is registered at the name server {_nameServers}";
        }
        catch (HelloRefusedException e) when (e.IsSomebodyElse)
        {
            Log.NameServerAway(log, _nameServers, e.Message, Known.Count);
            nobody = $"no name server listens at {_nameServers}: {e.Message}";
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            Log.NameServerAway(log, _nameServers, e.Message, Known.Count);
            nobody = _nameServers.Count > 1 ? $"none of the name servers answers ({e.Message})" : $"the name server {at.Door} does not answer";
        }

        return Known.Count > 0 ? null : nobody;
    }

    private async Task<Listed> ListAsync(Endpoint nameServer, TimeSpan patience, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            await using RpcClient client = await RpcClient.ConnectAsync(nameServer, Role.NameServer, own, patience, cancel, security);
            deadline.CancelAfter(patience);
            return await client.CallAsync<List, Listed>(
                new List("", [NameRules.FrontEndMetadata, NameRules.GroupMetadata(at.Group)], AnyMetadata: false),
                type => new ConnectionLostException($"it answered {type}"), deadline.Token);
        }
        catch (HelloRefusedException e) when (e.IsUntrusted)
        {
            throw FrontEndLink.Untrusted(nameServer, e); // not a reason to ask another
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new ConnectionLostException($"{nameServer} did not answer within {patience.TotalSeconds} s", e);
        }
    }
}
