using System.Net.Sockets;
using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer;

/// <summary>The name server as a process: the core between its storage, its sockets and the signals that end it.</summary>
internal static class Daemon
{
    public static async Task<int> RunAsync(DaemonOptions options)
    {
        using ILoggerFactory logs = options.CreateLog();
        ILogger log = logs.CreateLogger("nameserver");
        using var stop = new StopSignals();
        try
        {
            using MetricsEndpoint? endpoint = MetricsEndpoint.Open(options.MetricsText);
            using INameStorage storage = Open(options.Storage);
            await ServeAsync(options, storage, log, stop.Token).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is StorageException or MetricsException)
        {
            return Fail(e.Message);
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException { Source: "System.Linq" })
        {
            return Fail($"can't listen at {options.Listen}: {e.Message}. Is another name server running there? Choose another address with --listen H:P.");
        }
        catch (Exception e)
        {
            return Fail($"stopped by a failure: {e.Message}"); // the loop has logged it with its trace
        }
    }

    private static async Task ServeAsync(DaemonOptions options, INameStorage storage, ILogger log, CancellationToken stop)
    {
        using var loop = new CoreLoop<NameServerCore>(TimeProvider.System, log);
        var core = new NameServerCore(loop, storage, new BootId(FreshIds.Next()), default, log); // the loop's clock begins at 0, now
        Endpoint endpoint = await loop.ListenAsync(options.Listen).ConfigureAwait(false);
        Log.Started(log, endpoint, options.Storage, core.Names, core.Groups);
        using var metrics = new NameServerMetrics();
        Task running = loop.RunAsync(core);
        Background.Run(log, "measuring", LoopSample.RunAsync<NameServerCore>(loop, metrics.Sample));
        Console.Out.WriteLine($"ready: nameserver at {endpoint}");
        using (stop.Register(loop.Stop))
            await running.ConfigureAwait(false);
        Log.Stopped(log);
    }

    private static INameStorage Open(string storage) =>
        storage == DaemonOptions.Memory ? new MemoryStorage() : SqliteStorage.Open(storage[DaemonOptions.SqlitePrefix.Length..]);

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"nameserver: {message}");
        return ExitCode.Refused;
    }
}
