using System.Diagnostics;
using System.Net.Sockets;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Hosting;

/// <summary>A replica as a process: the core between its disk, its sockets, the postcode service and the signals that end it.</summary>
internal static class ServerDaemon
{
    /// <summary>How long a stopping primary waits for another to take over, in milliseconds.</summary>
    private const int ResignMs = 1_000;

    private const int PollMs = 10;
    private const int SlowPollMs = 500;

    public static async Task<int> RunAsync(ServerOptions options)
    {
        using ILoggerFactory logs = options.CreateLog();
        ILogger log = logs.CreateLogger("server");
        using var stop = new StopSignals();
        try
        {
            IReadOnlyList<Product> products = options.Catalogue is { } file ? CatalogueFile.Load(file) : Catalogue.Sample;
            IPostcodeService postcodes = PostcodeServices.Create(options.Postcodes, log);
            using var closing = postcodes as IDisposable;
            using MetricsEndpoint? endpoint = MetricsEndpoint.Open(options.MetricsText);
            using DataDirectory directory = options.IsEphemeral
                ? DataDirectory.Ephemeral()
                : DataDirectory.Open(options.DataPath);
            while (await ServeAsync(options, directory, products, postcodes, log, stop.Token).ConfigureAwait(false))
            {
                // once more, on an empty disk: the last one was set aside
            }

            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCode.Done; // before it had begun to serve
        }
        catch (Exception e) when (e is StorageException or CatalogueException or NameServerMissingException or MetricsException or LivePredecessorException or NameTakenException)
        {
            return Fail(e.Message);
        }
        catch (SocketException e)
        {
            return Fail($"can't listen at {options.Listen}: {e.Message}. Choose another address with --listen H:P.");
        }
        catch (Exception e)
        {
            return Fail($"stopped by a failure: {e.Message}"); // the loop has logged it with its trace
        }
    }

    /// <summary>True if the server must begin anew on an empty disk.</summary>
    private static async Task<bool> ServeAsync(
        ServerOptions options, DataDirectory directory, IReadOnlyList<Product> products, IPostcodeService postcodes, ILogger log, CancellationToken stop)
    {
        BootId predecessor = await PredecessorCheck.FindDeadAsync(options, log, stop).ConfigureAwait(false);
        var custody = new OwnerKeyCustody(options.OwnerKeyFile, directory, products, log);
        var boot = new BootId(FreshIds.Next());
        using var loop = new CoreLoop<ReplicaCore>(TimeProvider.System, log);
        using var metrics = new ServerMetrics();
        var answers = new DiskAnswers(loop, metrics);
        using var disk = new SqliteReplicaDisk(directory, boot, answers, TimeProvider.System);
        RecoveredDisk recovered = disk.Recover(); // commits before anybody hears of this replica
        if (recovered.Loss is { } loss)
            Log.LostTail(log, loss, options.Id);
        Endpoint listening = await loop.ListenAsync(options.Listen).ConfigureAwait(false);

        var lookUps = new PostcodeLookUps(postcodes, loop, log);
        Registration? takenBy = null, heldBy = null;
        Task<bool>? asking = null;
        var events = new ReplicaEventLog(log, metrics, holder =>
        {
            takenBy = holder;
            loop.Stop();
        }, holder =>
        {
            if (asking is not { IsCompleted: false })
                asking = AskHolderAsync(holder);
        });
        var core = new ReplicaCore(
            options.Id, boot, options.Group, options.Advertised(listening), options.NameServer, predecessor, recovered, custody.Open,
            new ReplicaOptions(), loop, new MeteredDisk(disk, metrics), lookUps, events);
        Log.Started(log, options.Id, listening, directory.Directory, recovered.Base, recovered.Last, recovered.CheckpointAt, recovered.Adopted);
        WarnOfOtherCatalogue(options, products, recovered, log);

        loop.Post((core, now) => core.Start(now));
        Task running = loop.RunAsync(core);
        Background.Run(log, "waiting for the name", SayReadyAsync(options, listening, loop));
        Background.Run(log, "waiting for the shop to open", SettleOwnerAsync(custody, loop));
        Background.Run(log, "measuring", LoopSample.RunAsync<ReplicaCore>(loop, metrics.Sample));
        Background.Run(log, "the rehearsal", RehearseAsync(log));
        using (stop.Register(() => Background.Run(log, "leaving", LeaveAsync(loop, log))))
            await running.ConfigureAwait(false);

        if (answers.Failure is { } failure)
        {
            Log.DiskFailed(log, failure.Message);
            throw failure;
        }

        if (takenBy is { } holder)
            throw new NameTakenException(options.Id, holder.Endpoint);
        if (heldBy is { } live)
            throw new LivePredecessorException(options.Id, live.Endpoint);
        Log.Stopped(log);
        return answers.IsSetAside;

        async Task<bool> AskHolderAsync(Registration other)
        {
            bool lives = await PredecessorCheck.IsHeldByLiveServerAsync(options, other, CancellationToken.None).ConfigureAwait(false);
            if (lives)
            {
                heldBy = other;
                loop.Stop();
            }
            else
            {
                loop.Post((core, now) => core.Replace(now, other.Boot));
            }

            return lives;
        }
    }

    /// <summary>Says "ready" once the name server holds the name.</summary>
    private static async Task SayReadyAsync(ServerOptions options, Endpoint listening, CoreLoop<ReplicaCore> loop)
    {
        if (await PollAsync(loop, core => core.IsRegistered, Timeout.Infinite, PollMs).ConfigureAwait(false))
            Console.Out.WriteLine($"ready: server {options.Id} at {options.Advertised(listening)}");
    }

    /// <summary>Waits until entry 1 is committed, for then it is known whose key the owner has: on a spare perhaps for long.</summary>
    private static async Task SettleOwnerAsync(OwnerKeyCustody custody, CoreLoop<ReplicaCore> loop)
    {
        KeyHash? owner = null;
        bool isOpen = await PollAsync(loop, IsOpenForGood, Timeout.Infinite, SlowPollMs).ConfigureAwait(false);
        if (isOpen)
            custody.Settle(owner);

        bool IsOpenForGood(ReplicaCore core)
        {
            if (core.Replica is not { Commit.Value: > 0, Shop.State: { IsOpen: true } shop })
                return false;
            owner = shop.OwnerKey;
            return true;
        }
    }

    /// <summary>Beside the real replica, which serves meanwhile.</summary>
    private static Task RehearseAsync(ILogger log) => Task.Run(() =>
    {
        try
        {
            long began = Stopwatch.GetTimestamp();
            Rehearsal.Run();
            Log.Rehearsed(log, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception e)
        {
            Log.RehearsalFailed(log, e);
        }
    });

    /// <summary>Lets a front end promote another primary first, then stops.</summary>
    private static async Task LeaveAsync(CoreLoop<ReplicaCore> loop, ILogger log)
    {
        loop.Post((core, _) =>
        {
            if (core.IsLeading)
                Log.Resigning(log);
            core.Resign();
        });
        await PollAsync(loop, core => !core.IsLeading, ResignMs, PollMs).ConfigureAwait(false);
        loop.Stop();
    }

    /// <summary>Asks in the loop until the answer is yes (true), or the time is over or the loop has ended (false).</summary>
    private static async Task<bool> PollAsync(CoreLoop<ReplicaCore> loop, Func<ReplicaCore, bool> ask, int timeoutMs, int pollMs)
    {
        for (int waited = 0; timeoutMs == Timeout.Infinite || waited <= timeoutMs; waited += pollMs)
        {
            var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration ended = loop.Stopping.Register(() => answer.TrySetCanceled());
            loop.Post((core, _) => answer.TrySetResult(ask(core)));
            try
            {
                if (await answer.Task.ConfigureAwait(false))
                    return true;
                await Task.Delay(pollMs, loop.Stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return false;
    }

    private static void WarnOfOtherCatalogue(ServerOptions options, IReadOnlyList<Product> products, RecoveredDisk recovered, ILogger log)
    {
        if (options.Catalogue is { } catalogue && recovered.Shop.IsOpen && !recovered.Shop.Matches(new ShopOpening(products, recovered.Shop.OwnerKey)))
            Log.OtherCatalogue(log, catalogue);
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message.StartsWith("NamingError", StringComparison.Ordinal) ? message : $"server: {message}");
        return ExitCode.Refused;
    }
}

/// <summary>The name server gave this server's name to another process.</summary>
internal sealed class NameTakenException(ReplicaId id, Endpoint endpoint) : Exception(
    $"another server has registered as '{id}', at {endpoint}, while this one seemed dead. This one stops: two must not share an id.");
