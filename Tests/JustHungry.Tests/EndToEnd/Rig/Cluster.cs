using System.Text.Json;
using JustHungry.FrontEnd.Commands;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// A whole shop of real processes on loopback: a name server, servers, front ends, and whoever uses them, in a directory of its own.
/// Owned by one test; nothing of it is left when it is disposed of.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int CommandDeadlineMs = 60_000;

    private readonly List<RealProcess> _all = [];
    private readonly List<IAsyncDisposable> _users = [];
    private readonly Dictionary<string, string> _environment = [];
    private readonly Dictionary<string, string[]> _serverArgs = [];
    private readonly Dictionary<string, SlowSync> _disks = [];
    private readonly string _catalogue;
    private readonly CallRecorder? _recorder;
    private LinkSecurity _security = LinkSecurity.Off;

    private Cluster(IReadOnlyList<StockedProduct> catalogue, bool recordsCalls)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("justhungry-e2e-").FullName;
        Catalogue = catalogue;
        _catalogue = Path.Combine(Directory, "catalogue.json");
        File.WriteAllText(_catalogue, JsonSerializer.Serialize(catalogue, JsonSerializerOptions.Web));
        _environment["JUSTHUNGRY_HOME"] = Path.Combine(Directory, "home");
        _environment["DOTNET_TieredPGO"] = "0"; // to compile code that counts its own calls first is a fifth of what a start costs
        _recorder = recordsCalls ? new CallRecorder(Directory) : null;
    }

    /// <summary>Everything of this cluster lies in here.</summary>
    public string Directory { get; }

    public IReadOnlyList<StockedProduct> Catalogue { get; }

    /// <summary>What each process did to files and sockets, if that is recorded: its title, and the recorder's file.</summary>
    public List<(string Title, string File)> Recordings { get; } = [];

    public RealProcess NameServer { get; private set; } = null!;

    public Endpoint NameServerEndpoint { get; private set; }

    /// <summary>By id: the last process started under it, alive or not.</summary>
    public SortedDictionary<string, RealProcess> Servers { get; } = new(StringComparer.Ordinal);

    public List<RealProcess> FrontEnds { get; } = [];

    /// <summary>A name server, servers 1, 2, 3 and front ends, all ready, with every server a member.</summary>
    public static async Task<Cluster> StartAsync(
        int servers = 3, int frontEnds = 1, IReadOnlyList<StockedProduct>? catalogue = null, bool recordsCalls = false, bool isSecured = false)
    {
        Cluster cluster = await BareAsync(catalogue, recordsCalls, isSecured);
        try
        {
            string[] ids = [.. Enumerable.Range(1, servers).Select(i => $"{i}")];
            await Task.WhenAll(ids.Select(id => cluster.StartServerAsync(id)));
            for (int i = 0; i < frontEnds; i++)
                await cluster.StartFrontEndAsync();
            await cluster.SettledAsync(ids);
            return cluster;
        }
        catch (Exception e)
        {
            e.Data["processes"] = cluster.Describe();
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Only a name server.</summary>
    public static async Task<Cluster> BareAsync(IReadOnlyList<StockedProduct>? catalogue = null, bool recordsCalls = false, bool isSecured = false)
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("kill -9, SIGSTOP and SIGTERM are what these tests are about; Windows has none of them");

        var cluster = new Cluster(catalogue ?? StockedProduct.Plenty, recordsCalls);
        if (isSecured)
            await cluster.MakeKeysAsync();
        await cluster.StartNameServerAsync();
        return cluster;
    }

    /// <summary>Only two name servers in front of one register: everybody knows both, and asks the first while it answers.</summary>
    /// <param name="storage">What <c>--storage</c> takes.</param>
    public static async Task<Cluster> OnTwoNameServersAsync(string storage)
    {
        var cluster = new Cluster(StockedProduct.Plenty, recordsCalls: false);
        Endpoint[] both = [FreePorts.TakeEndpoint(), FreePorts.TakeEndpoint()];
        RealProcess[] started = [.. both.Select((at, i) => cluster.Start($"nameserver {i + 1}", "nameserver", ["--listen", $"{at}", "--storage", storage]))];
        foreach (RealProcess nameServer in started)
            await nameServer.ReadyAsync();
        (cluster.NameServer, cluster.NameServerEndpoint) = (started[0], both[1]);
        cluster._environment["JUSTHUNGRY_NAME_SERVER"] = string.Join(',', both);
        return cluster;
    }

    /// <summary>Makes the cluster's key. Processes that are started from now on use it, in this mode.</summary>
    public async Task MakeKeysAsync(TlsMode mode = TlsMode.Required)
    {
        (await RunAsync("nameserver", "keys", "make")).ShouldExit(0);
        SetTls(mode);
    }

    public void SetTls(TlsMode mode)
    {
        _environment["JUSTHUNGRY_TLS"] = mode.ToString().ToLowerInvariant();
        _security = LinkSecurity.With(mode, CredentialsOf(new PeerIdentity(Role.Operator, "operator", NameRules.DefaultGroup)));
    }

    /// <summary>How a user, who has no certificate, secures connections to this cluster.</summary>
    public LinkSecurity OfUser => _security.Mode == TlsMode.Off
        ? LinkSecurity.Off
        : LinkSecurity.With(_security.Mode, TlsCredentials.Load(Path.ChangeExtension(KeyFile, ".crt"), null, TimeProvider.System));

    /// <summary>What a process of this cluster with this identity has.</summary>
    public TlsCredentials CredentialsOf(PeerIdentity identity) => TlsCredentials.Load(KeyFile, identity, TimeProvider.System);

    public string KeyFile => Path.Combine(_environment["JUSTHUNGRY_HOME"], "cluster-key.pem");

    public async Task StartNameServerAsync()
    {
        if (NameServerEndpoint == default)
            NameServerEndpoint = FreePorts.TakeEndpoint(); // it comes back at the same one: everybody knows it by that
        NameServer = Start("nameserver", "nameserver", ["--listen", $"{NameServerEndpoint}"]);
        await NameServer.ReadyAsync();
        _environment["JUSTHUNGRY_NAME_SERVER"] = NameServerEndpoint.ToString();
    }

    /// <summary>Starts a server, or starts it again with the same disk and options.</summary>
    public async Task<RealProcess> StartServerAsync(string id, params string[] args)
    {
        RealProcess server = BeginServer(id, args);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Without waiting for its ready line.</summary>
    public RealProcess BeginServer(string id, params string[] args)
    {
        if (args.Length > 0 || !_serverArgs.ContainsKey(id))
            _serverArgs[id] = args;
        IReadOnlyDictionary<string, string> environment = _disks.TryGetValue(id, out SlowSync? disk) ? new Dictionary<string, string>([.. _environment, .. disk.Environment]) : _environment;
        return Servers[id] = Start($"server {id}", "server", environment, [id, "--postcodes", "offline", "--catalogue", _catalogue, .. _serverArgs[id]]);
    }

    /// <summary>The server that is started under this id from now on gets a disk that can be made slow. Ignores the test where that can't be.</summary>
    public SlowSync GiveSlowDisk(string id) => _disks[id] = SlowSync.Build(System.IO.Directory.CreateDirectory(Path.Combine(Directory, "disk-" + id)).FullName);

    public async Task<RealProcess> StartFrontEndAsync(params string[] args)
    {
        RealProcess frontEnd = Start("frontend", "frontend", args);
        FrontEnds.Add(frontEnd);
        await frontEnd.ReadyAsync();
        return frontEnd;
    }

    public string DataDirectory(string id) => Path.Combine(_environment["JUSTHUNGRY_HOME"], "JH_orders", "server-" + id);

    /// <summary>A server's disk is gone; whatever starts under its id has an empty one.</summary>
    public void WipeDisk(string id) => System.IO.Directory.Delete(DataDirectory(id), recursive: true);

    /// <summary>Every process is killed, and all that they had on disk is gone.</summary>
    public async Task LoseEverythingAsync()
    {
        foreach (RealProcess process in _all.Where(p => !p.HasExited))
            await process.KillAsync();
        System.IO.Directory.Delete(_environment["JUSTHUNGRY_HOME"], recursive: true);
        Servers.Clear();
        FrontEnds.Clear();
    }

    /// <summary>Runs a program to its end.</summary>
    public async Task<CommandResult> RunAsync(string program, params string[] args)
    {
        string title = $"{program} {string.Join(' ', args)}";
        await using RealProcess process = RealProcess.Start(title, program, args, _environment, Record(title));
        int code = await process.ExitAsync(CommandDeadlineMs);
        return new CommandResult(code, process.Output, process.Error);
    }

    /// <summary>Starts a program that the test talks to; it is killed with the cluster.</summary>
    public RealProcess Start(string title, string program, params string[] args) => Start(title, program, _environment, args);

    private RealProcess Start(string title, string program, IReadOnlyDictionary<string, string> environment, string[] args)
    {
        RealProcess process = RealProcess.Start(title, program, args, environment, Record(title));
        lock (_all)
            _all.Add(process);
        return process;
    }

    private IReadOnlyList<string>? Record(string title)
    {
        if (_recorder is null)
            return null;
        IReadOnlyList<string> before = _recorder.Record(out string file);
        lock (Recordings)
            Recordings.Add((title, file));
        return before;
    }

    public string ProfileOf(string user) => Path.Combine(Directory, $"{user}.json");

    /// <summary>A user's command, with --json.</summary>
    public Task<CommandResult> UserAsync(string user, params string[] args) =>
        RunAsync("user", [.. args, "--json", "--profile", ProfileOf(user), "--retry-interval", "0.5"]);

    /// <summary>The menus of a user.</summary>
    public MenuSession Menus(string user) => new(Start($"menus of {user}", "user", "--profile", ProfileOf(user), "--retry-interval", "0.5"));

    public Task<CommandResult> IntroduceAsync(string user) => UserAsync(
        user, "details", "--first-name", user, "--last-name", "King", "--phone", "020-7946-0000", "--postcode", "SW1A 1AA", "--address", "12 St James's Square");

    /// <summary>What <c>frontend status --json</c> prints, without the cost of a process.</summary>
    public async Task<GroupStatus> StatusAsync()
    {
        var options = new NameServerOptions(NameServerEndpoint, NameRules.DefaultGroup) { Caller = new Caller(NameRules.DefaultGroup, _security) };
        GroupSurvey survey = await GroupSurvey.TakeAsync(options, CancellationToken.None);
        return GroupStatus.Parse(StatusJson.Of(survey, survey.VerdictOn(options.Group)));
    }

    /// <summary>Waits until the status is as wanted, and gives it back. A name server that is away is waited for.</summary>
    public Task<GroupStatus> StatusWhenAsync(string what, Func<GroupStatus, bool> isWanted, int deadlineMs = Poll.DeadlineMs) =>
        Poll.ForAsync(what, async () =>
        {
            try
            {
                GroupStatus status = await StatusAsync();
                return isWanted(status) ? status : null;
            }
            catch (ConnectionLostException)
            {
                return null;
            }
        }, deadlineMs);

    /// <summary>Waits until these servers, and no others, are members, all of them level and committed.</summary>
    public Task<GroupStatus> SettledAsync(params string[] ids) =>
        StatusWhenAsync($"the members are {string.Join(' ', ids)}, all level", s => s.IsSettled && s.Members.SequenceEqual(ids.Order(StringComparer.Ordinal)));

    public async Task<string> PrimaryAsync() => (await StatusAsync()).View!.Primary;

    public async Task<RealProcess> PrimaryProcessAsync() => Servers[await PrimaryAsync()];

    /// <summary>Users who write into the cluster's directory: ended with it at the latest, also when a test fails half-way.</summary>
    public void Owns(IAsyncDisposable users) => _users.Add(users);

    /// <summary>What every process of the test has said.</summary>
    public string Describe()
    {
        lock (_all)
            return string.Join('\n', _all.Select(p => p.Describe()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RealProcess process in _all)
            await process.DisposeAsync();
        foreach (IAsyncDisposable users in _users)
            await users.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}

/// <summary>A product of the tests' shop, as the catalogue file has it.</summary>
internal sealed record StockedProduct(string Name, int Stock, long Price)
{
    /// <summary>Two that never run out, and one that does, so that orders are refused too.</summary>
    public static IReadOnlyList<StockedProduct> Plenty { get; } = [new("rice", 10_000_000, 100), new("beans", 10_000_000, 55), new("saffron", 60, 999)];
}
