using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;

namespace JustHungry.Server.Hosting;

/// <summary>
/// <c>server ID</c>: runs replica processes on one data directory, one after the other, because a new one is needed once the directory was
/// set aside.
/// </summary>
internal static class ServerDaemon
{
    public static Task<int> RunAsync(ServerOptions options) => DaemonHost.RunAsync("server", options, host => ServeAsync(options, host));

    private static async Task<DaemonEnd> ServeAsync(ServerOptions options, DaemonHost host)
    {
        await RegisterCheck.DemandOneAsync(options.NameServers, options.Caller, host.Stopping).ConfigureAwait(false);
        IReadOnlyList<Product> products = options.Catalogue is { } file ? CatalogueFile.Load(file) : Catalogue.Sample;
        IPostcodeService postcodes = PostcodeServices.Create(options.Postcodes, host.Log);
        using var closing = postcodes as IDisposable;
        using DataDirectory directory = options.IsEphemeral ? DataDirectory.Ephemeral() : DataDirectory.Open(options.DataPath);
        while (true)
        {
            using var replica = new ReplicaProcess(options, directory, products, postcodes, host);
            await replica.StartAsync().ConfigureAwait(false);
            ReplicaEnd end = await replica.WaitForEndAsync().ConfigureAwait(false);
            switch (end.Kind)
            {
                case ReplicaEndKind.Stopped:
                    Log.Stopped(host.Log);
                    return DaemonEnd.Stopped;
                case ReplicaEndKind.SetAside:
                    break; // start again on the empty directory
                case ReplicaEndKind.DiskFailed:
                    Log.DiskFailed(host.Log, end.Failure!.Message, end.Failure is ExplainedException ? null : end.Failure);
                    throw new ExplainedException(end.Failure.Message, end.Failure);
                case ReplicaEndKind.NameTaken:
                    throw new ExplainedException(
                        $"another server has registered as '{options.Id}', at {end.Other}, while this one seemed dead. This one stops: two must not share an id.");
                case ReplicaEndKind.NameHeld:
                    throw new LivePredecessorException(options.Id, end.Other);
                default:
                    throw new InvalidOperationException($"no such end: {end.Kind}");
            }
        }
    }
}
