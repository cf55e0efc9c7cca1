using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JustHungry.UserCli.Commands;

/// <summary>Everything that one run of the program holds open: the connection, the signals, the log. Nothing is opened before it is used.</summary>
internal sealed class ShopSession : IAsyncDisposable
{
    private readonly StopSignals _signals = new();
    private readonly ILoggerFactory? _logs;

    public ShopSession(ShopOptions options, IClientNotices notices)
    {
        // A log factory costs 75 ms at the start, so it is only made if logging was asked for.
        _logs = options.LogLevel is { } level ? DaemonLogging.Create(level, "line") : null;
        ILogger log = _logs?.CreateLogger("JustHungry.UserCli") ?? NullLogger.Instance;
        var own = new Hello(Role.User, "", DiskId.None, new BootId(FreshIds.Next()), ClusterId.None, options.Client.At.Group);
        var directory = new FrontEndDirectory(options.Client.At, own, log, options.Client.FrontEnds, options.Security, options.Client.NameServers);
        var profile = new ProfileFile(options.ProfilePath, TimeProvider.System) { Made = options.IsProfileNamed ? () => notices.NewPerson(options.ProfilePath) : null };
        var client = new ShopClient(
            profile, new FrontEndLink(directory, own, log, options.Security), options.Client, notices, TimeProvider.System, log);
        Shop = new Shop(client);
    }

    public Shop Shop { get; }

    /// <summary>Cancelled by ctrl-C and SIGTERM.</summary>
    public CancellationToken Stopping => _signals.Token;

    public async ValueTask DisposeAsync()
    {
        await Shop.Client.DisposeAsync();
        _signals.Dispose();
        _logs?.Dispose();
    }
}
