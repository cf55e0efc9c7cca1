using JustHungry.NameServer.Etcd;
using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;

namespace JustHungry.NameServer;

/// <summary>The name server as a process: the core between its storage and its sockets.</summary>
internal static class Daemon
{
    public static Task<int> RunAsync(DaemonOptions options) => DaemonHost.RunAsync("nameserver", options, host => ServeAsync(options, host));

    private static async Task<DaemonEnd> ServeAsync(DaemonOptions options, DaemonHost host)
    {
        using var loop = new CoreLoop<NameServerCore>(ThreadedTime.Instance, host.Log);
        using INameStorage storage = await OpenAsync(options, loop, host).ConfigureAwait(false);
        var core = new NameServerCore(loop, storage, new BootId(FreshIds.Next()), default, host.Log);
        Endpoint endpoint = await host.ListenAsync(loop, "Is another name server running there? ").ConfigureAwait(false);
        if (storage.IsShared)
            Log.StartedShared(host.Log, endpoint, options.Storage);
        else
            Log.Started(host.Log, endpoint, options.Storage, core.Names, core.Groups);
        using var metrics = new NameServerMetrics();
        DaemonHost.SayReady("nameserver", endpoint);
        await host.DriveAsync(loop, core, (sampled, _, queued) =>
        {
            metrics.Sample(sampled, queued);
            host.Health.Report(Diagnosis.OfNameServer(sampled.UnhealthyGroups));
        }, loop.Stop).ConfigureAwait(false);
        Log.Stopped(host.Log);
        return DaemonEnd.Stopped;
    }

    private static async Task<INameStorage> OpenAsync(DaemonOptions options, CoreLoop<NameServerCore> loop, DaemonHost host)
    {
        if (options.Etcd is null)
            return options.DatabasePath is null ? new MemoryStorage() : SqliteStorage.Open(options.DatabasePath, host.Patience);

        var etcd = new EtcdClient(options.Etcd, answer => loop.Post((_, now) => answer(now)), host.Log);
        try
        {
            return new EtcdStorage(etcd, await etcd.WaitAsync(host.Patience).ConfigureAwait(false));
        }
        catch
        {
            etcd.Dispose();
            throw;
        }
    }
}
