using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.Protocol.Loops;
using JustHungry.Tests.UserCli.Support;

namespace JustHungry.Tests.Protocol.Security;

/// <summary>A cluster's key in a file, and what processes of it prove themselves with.</summary>
internal sealed class TestCluster : IDisposable
{
    public const string Group = "JH_orders";

    private readonly TemporaryDirectory _directory = new();

    public TestCluster() => Replace(Authority.Make(DateTimeOffset.UtcNow));

    public string KeyFile => _directory.File("cluster-key.pem");

    public Authority Authority { get; private set; } = null!;

    public static PeerIdentity Is(Role role, string id = "1", string group = Group) => new(role, id, group);

    /// <summary>Another authority takes the place of the file's, which may stay trusted.</summary>
    public void Replace(Authority authority, Authority? alsoTrusted = null)
    {
        Authority = authority;
        Write("cluster-key.pem", authority.ToPem() + alsoTrusted?.Certificate.ExportCertificatePem());
    }

    /// <summary>A file that only this user may read.</summary>
    public string Write(string name, string pem)
    {
        string file = _directory.File(name);
        File.WriteAllText(file, pem);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    public LinkSecurity SecurityOf(PeerIdentity self, TlsMode mode = TlsMode.Required, TimeProvider? time = null) =>
        LinkSecurity.With(mode, TlsCredentials.Load(KeyFile, self, time ?? TimeProvider.System));

    /// <summary>Trusts the cluster and has no certificate.</summary>
    public LinkSecurity User(TlsMode mode = TlsMode.Required) =>
        LinkSecurity.With(mode, TlsCredentials.Load(Write("cluster.crt", Authority.Certificate.ExportCertificatePem()), null, TimeProvider.System));

    public Task<LoopFixture> ListenAsync(TlsMode mode = TlsMode.Required, TimeProvider? time = null) =>
        LoopFixture.StartAsync(time, SecurityOf(Is(Role.NameServer), mode));

    public static Task<RpcClient> DialAsync(LoopFixture loop, LinkSecurity security, Role role, string id = "1", string group = Group) => RpcClient.ConnectAsync(
        loop.Endpoint, Role.NameServer, new Hello(role, id, DiskId.None, new BootId(7), ClusterId.None, group), TimeSpan.FromSeconds(10), CancellationToken.None, security);

    public void Dispose() => _directory.Dispose();
}

/// <summary>A clock that is so many days off.</summary>
internal sealed class DaysOff(int days) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddDays(days);
}
