using JustHungry.Protocol.Ids;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>Servers 1, 2 and 3, each behind a proxy that all others reach it through, and a front end.</summary>
internal sealed class ProxiedServers : IAsyncDisposable
{
    private readonly SortedDictionary<string, (Endpoint Listening, TcpProxy Proxy)> _servers = new(StringComparer.Ordinal);

    public TcpProxy this[string id] => _servers[id].Proxy;

    public static async Task<ProxiedServers> StartAsync(Cluster cluster)
    {
        var proxied = new ProxiedServers();
        foreach (string id in new[] { "1", "2", "3" })
        {
            Endpoint listening = FreePorts.TakeEndpoint();
            var proxy = new TcpProxy(listening);
            proxied._servers[id] = (listening, proxy);
            await cluster.StartServerAsync(id, "--listen", listening.ToString(), "--advertise", proxy.Endpoint.ToString());
        }

        await cluster.StartFrontEndAsync();
        return proxied;
    }

    public Endpoint ListeningOf(string id) => _servers[id].Listening;

    /// <summary>Nobody hears this server any more, and it hears nobody but the name server.</summary>
    public void Isolate(string isolated)
    {
        foreach ((string id, (_, TcpProxy proxy)) in _servers)
        {
            proxy.Cut(hello => id == isolated || hello.Id == isolated, Flow.ToServer);
            proxy.Cut(hello => id == isolated || hello.Id == isolated, Flow.FromServer);
        }
    }

    public void Heal()
    {
        foreach ((_, TcpProxy proxy) in _servers.Values)
            proxy.Heal();
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((_, TcpProxy proxy) in _servers.Values)
            await proxy.DisposeAsync();
    }
}
