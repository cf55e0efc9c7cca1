using System.Text.Json;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;

namespace JustHungry.Benchmarks.Rig;

/// <summary>The shop that is measured: real processes on loopback with disks of their own in a fresh directory, or one that runs already.</summary>
internal sealed class Shop : IAsyncDisposable
{
    // The most that a catalogue may have of a product, since a benchmark must not sell out.
    private const int Stock = 1_000_000_000;
    private const int Products = 20;
    private const int CallMs = 5_000;
    private const int PollMs = 20;

    private readonly string? _directory;
    private readonly SortedDictionary<string, Daemon> _servers = new(StringComparer.Ordinal);
    private Daemon? _nameServer;
    private Daemon? _frontEnd;
    private LinkSecurity _security = LinkSecurity.Off;

    private Shop(string? directory, string group) => (_directory, Group) = (directory, group);

    /// <summary>The group of replicas that is the shop; a name server may know other groups too.</summary>
    public string Group { get; }

    public Endpoint NameServer { get; private set; }

    public bool IsSecured => _security.Mode != TlsMode.Off;

    /// <summary>Where users connect.</summary>
    public Endpoint FrontEnd { get; private set; }

    /// <summary>Empty for a shop that was running already, since its processes are not ours.</summary>
    public IEnumerable<Daemon> Daemons => _frontEnd is null ? [] : [_frontEnd, .. _servers.Values];

    public static async Task<Shop> StartAsync(int replicas, string group, bool isSecured = false)
    {
        var shop = new Shop(Directory.CreateTempSubdirectory("justhungry-benchmark-").FullName, group);
        try
        {
            await File.WriteAllTextAsync(shop.Catalogue, JsonSerializer.Serialize(
                Enumerable.Range(1, Products).Select(i => new { name = $"product {i}", stock = Stock, price = 50 + i }))).ConfigureAwait(false);
            if (isSecured)
                shop._security = shop.MakeKeys();
            shop._nameServer = shop.Start("nameserver", "nameserver", ["--listen", "127.0.0.1:0"]);
            shop.NameServer = await shop._nameServer.ReadyAsync().ConfigureAwait(false);
            string[] ids = [.. Enumerable.Range(1, replicas).Select(i => $"{i}")];
            await Task.WhenAll(ids.Select(shop.StartServerAsync)).ConfigureAwait(false);
            shop._frontEnd = shop.Start("frontend", "frontend", ["--name-server", $"{shop.NameServer}", "--group", group]);
            shop.FrontEnd = await shop._frontEnd.ReadyAsync().ConfigureAwait(false);
            await shop.SettledAsync(ids).ConfigureAwait(false);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Finds a shop that is running already.</summary>
    /// <exception cref="ConnectionLostException">The name server or the front end can't be reached.</exception>
    public static async Task<Shop> FindAsync(Endpoint nameServer, string group)
    {
        var own = new Hello(Role.User, "", DiskId.None, BootId.None, ClusterId.None, group);
        RpcClient client = await RpcClient.ConnectAsync(nameServer, Role.NameServer, own, TimeSpan.FromMilliseconds(CallMs), CancellationToken.None).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            Listed listed = await client.CallAsync<List, Listed>(
                new List("", [NameRules.FrontEndMetadata, NameRules.GroupMetadata(group)], AnyMetadata: false),
                type => new ConnectionLostException($"the name server answered {type}"), CancellationToken.None).ConfigureAwait(false);
            return listed.Registrations.Count == 0
                ? throw new ConnectionLostException($"no front end of group {group} is registered at {nameServer}")
                : new Shop(null, group) { NameServer = nameServer, FrontEnd = listed.Registrations[0].Endpoint };
        }
    }

    /// <summary>Starts a server, or starts it again on its disk; it is ready when this returns.</summary>
    public async Task StartServerAsync(string id)
    {
        Daemon server = Start(
            $"server {id}", "server", [id, "--name-server", $"{NameServer}", "--group", Group, "--postcodes", "offline", "--catalogue", Catalogue]);
        lock (_servers)
            _servers[id] = server;
        await server.ReadyAsync().ConfigureAwait(false);
    }

    public Task KillServerAsync(string id) => _servers[id].KillAsync();

    public async Task<string> PrimaryAsync() => (await ViewAsync().ConfigureAwait(false)).Primary.Value;

    public Task<View> ViewAsync() => WhenAsync(survey => survey.View);

    /// <summary>Waits until these are the members, all of them answering and with one log.</summary>
    public Task SettledAsync(params string[] ids) => WhenAsync(survey =>
    {
        SurveyedReplica[] members = [.. survey.Replicas.Where(r => survey.IsInitialised(r))];
        return members.Select(m => m.Member.Id.Value).Order(StringComparer.Ordinal).SequenceEqual(ids.Order(StringComparer.Ordinal)) &&
            members.All(m => m.Report is { } report && report.View?.Epoch == survey.View!.Epoch) ? this : null;
    });

    public async ValueTask DisposeAsync()
    {
        foreach (Daemon daemon in Daemons)
            await daemon.DisposeAsync().ConfigureAwait(false);
        if (_nameServer is not null)
            await _nameServer.DisposeAsync().ConfigureAwait(false);
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Where the shop's processes look for it. Returns what an operator has.</summary>
    private LinkSecurity MakeKeys()
    {
        using Authority authority = Authority.Make(DateTimeOffset.UtcNow);
        string file = Path.Combine(_directory!, TlsOptions.DefaultFile);
        using (FileStream to = PrivateFile.Open(file, FileMode.CreateNew))
            to.Write(System.Text.Encoding.ASCII.GetBytes(authority.ToPem()));
        return LinkSecurity.With(TlsMode.Required, TlsCredentials.Load(file, new PeerIdentity(Role.Operator, "operator", Group), TimeProvider.System));
    }

    private string Catalogue => Path.Combine(_directory!, "catalogue.json");

    private Daemon Start(string title, string program, string[] args) => Daemon.Start(title, program, args, _directory!, IsSecured);

    private async Task<T> WhenAsync<T>(Func<GroupSurvey, T?> find)
        where T : class
    {
        var options = new NameServerOptions(NameServer, Group) { Caller = new Caller(Group, _security) };
        while (true)
        {
            GroupSurvey survey = await GroupSurvey.TakeAsync(options, CancellationToken.None).ConfigureAwait(false);
            if (find(survey) is { } found)
                return found;
            await Task.Delay(PollMs).ConfigureAwait(false);
        }
    }
}
