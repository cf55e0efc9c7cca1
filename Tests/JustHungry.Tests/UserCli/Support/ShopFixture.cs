using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using Microsoft.Extensions.Logging.Abstractions;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>One user of a fake shop with as many front ends as asked for; the first one's name server lists them all.</summary>
internal sealed class ShopFixture : IAsyncDisposable
{
    private readonly List<Shop> _clients = [];

    public TemporaryDirectory Directory { get; } = new();

    public FakeShop World { get; } = new();

    public List<FakeFrontEnd> FrontEnds { get; } = [];

    public RecordedNotices Notices { get; } = new();

    public string ProfilePath => Directory.File("profile.json");

    public FakeFrontEnd FrontEnd => FrontEnds[0];

    public static async Task<ShopFixture> StartAsync(int frontEnds = 1)
    {
        var fixture = new ShopFixture();
        for (int i = 0; i < frontEnds; i++)
            fixture.FrontEnds.Add(await FakeFrontEnd.StartAsync(fixture.World));
        fixture.FrontEnd.Listed = [.. fixture.FrontEnds.Select(f => f.Endpoint)];
        return fixture;
    }

    /// <summary>A client as a new process of the CLI would be: only the profile file is shared with those before.</summary>
    public Shop NewClient(RetryPolicy? policy = null, string group = NameRules.DefaultGroup, IClientNotices? notices = null, TimeProvider? time = null, bool takesNewShop = false, ShopAddress? at = null,
        IReadOnlyList<Endpoint>? named = null)
    {
        time ??= new FastTime();
        var own = new Hello(Role.User, "", DiskId.None, new BootId(2), ClusterId.None, group);
        ShopAddress address = at ?? new ShopAddress(FrontEnd.NameServer, group);
        var directory = new FrontEndDirectory(address, own, NullLogger.Instance, named);
        var shop = new Shop(new ShopClient(
            new ProfileFile(ProfilePath, time), new FrontEndLink(directory, own, NullLogger.Instance), new ClientSettings(address, policy ?? RetryPolicy.Default, takesNewShop, named), notices ?? Notices,
            time, NullLogger.Instance));
        _clients.Add(shop);
        return shop;
    }

    public Task<Profile> ProfileAsync() => new ProfileFile(ProfilePath, TimeProvider.System).LoadAsync(default);

    public async ValueTask DisposeAsync()
    {
        foreach (Shop client in _clients)
            await client.Client.DisposeAsync();
        foreach (FakeFrontEnd frontEnd in FrontEnds)
            await frontEnd.DisposeAsync();
        Directory.Dispose();
    }
}
