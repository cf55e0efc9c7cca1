using System.Diagnostics;
using JustHungry.Protocol;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Hosting;

/// <summary>
/// A replica as a process, from the recovery of its disk to its end: connects the core with its disk, its sockets, the postcode service and
/// the name server. The core calls it on the loop's thread and the disk on the disk's threads; the disk's answers are posted to the loop.
/// </summary>
internal sealed partial class ReplicaProcess : IReplicaHost, IReplicaEvents, IReplicaDiskEvents, IDisposable
{
    private readonly ServerOptions _options;
    private readonly DataDirectory _directory;
    private readonly IReadOnlyList<Product> _products;
    private readonly IPostcodeService _postcodes;
    private readonly DaemonHost _host;
    private readonly ILogger _log;
    private readonly OwnerKeyCustody _custody;
    private readonly BootId _boot = new(FreshIds.Next());
    private readonly ServerMetrics _metrics = new();
    private readonly CoreLoop<ReplicaCore> _loop;
    private ReplicaDisk? _disk;
    private Endpoint _advertised;
    private Task _running = Task.CompletedTask;
    private Task? _askingHolder; // the loop's
    private bool _isLeaving; // the loop's
    private ReplicaEnd? _end;

    /// <exception cref="StorageException">The file named by --owner-key-file can't be used.</exception>
    public ReplicaProcess(
        ServerOptions options, DataDirectory directory, IReadOnlyList<Product> products, IPostcodeService postcodes, DaemonHost host)
    {
        _options = options;
        _directory = directory;
        _products = products;
        _postcodes = postcodes;
        _host = host;
        _log = host.Log;
        _custody = new OwnerKeyCustody(options.OwnerKeyFile, options.ResetsOwnerKey, directory, products, _log);
        _loop = new CoreLoop<ReplicaCore>(ThreadedTime.Instance, _log);
    }

    /// <summary>Recovers the disk, looks who has this server's name, listens, and begins to serve and to register.</summary>
    /// <exception cref="ExplainedException">The disk is damaged, a live server has the name, or it can't listen.</exception>
    public async Task StartAsync()
    {
        _host.Health.Starts(); // also when it begins anew, after its directory was set aside

        // Makes what it recovers durable, before this replica contacts anybody.
        _disk = ReplicaDisk.Open(_directory, _boot, this, TimeProvider.System, out RecoveredDisk recovered, _metrics.Committed, _host.Patience);
        if (recovered is { Loss: { } lost, Aside: { } aside })
            Log.LostTailKeptAside(_log, lost, aside);
        else if (recovered.Loss is { } loss)
            Log.LostTail(_log, loss, _options.Id);
        bool isRequired = recovered.Adopted?.IsRequired(new Member(_options.Id, recovered.Disk)) ?? false;
        BootId predecessor = await PredecessorCheck.FindDeadAsync(_options, isRequired, _log, _host.Stopping).ConfigureAwait(false);
        Endpoint listening = await _host.ListenAsync(_loop).ConfigureAwait(false);
        _advertised = _options.Advertised(listening);
        var core = new ReplicaCore(
            new ReplicaIdentity(_options.Id, _boot, _options.Group, _advertised, _options.NameServers, predecessor),
            recovered, new ReplicaOptions { Shop = _options.Shop }, _loop, _disk, this, this);
        Log.Started(_log, _options.Id, listening, _directory.Directory, recovered.Base, recovered.Last, recovered.CheckpointAt, recovered.Adopted);
        WarnOfOtherCatalogue(recovered.Shop);

        _loop.Post((replica, now) => replica.Start(now));
        _running = _host.DriveAsync(_loop, core, Sample, Stop);
        Background.Run(_log, "the rehearsal", Task.Run(Rehearse));
    }

    private void Sample(ReplicaCore core, Now now, int queued)
    {
        _metrics.Sample(core, queued);
        _host.Health.Report(Diagnosis.OfServer(core.Report(now)));
    }

    /// <summary>Completes when the process ends. Throws the exception that stopped the loop, if there was one.</summary>
    public async Task<ReplicaEnd> WaitForEndAsync()
    {
        await _running.ConfigureAwait(false);
        return _end ?? new ReplicaEnd(ReplicaEndKind.Stopped);
    }

    /// <summary>Lets a front end promote another primary, or drop this backup; then ends. From any thread.</summary>
    public void Stop() => _loop.Post((core, _) => Leave(core));

    public void Dispose()
    {
        _disk?.Dispose();
        _metrics.Dispose();
        _loop.Dispose();
    }

    private void Leave(ReplicaCore core)
    {
        core.Resign();
        if (!core.IsLeading)
        {
            _loop.Stop();
            return;
        }

        Log.Resigning(_log);
        _isLeaving = true; // ended by SteppedDown, or by this time-out
        Background.Run(_log, "resigning", StopAfterAsync(Timing.ResignMs));
    }

    private async Task StopAfterAsync(int ms)
    {
        await Task.Delay(ms, _loop.Stopping).ConfigureAwait(false);
        _loop.Stop();
    }

    /// <summary>Keeps the first reason to end. From any thread.</summary>
    private void End(ReplicaEnd end)
    {
        Interlocked.CompareExchange(ref _end, end, null);
        _loop.Stop();
    }

    private void WarnOfOtherCatalogue(ShopState recovered)
    {
        if (_options.Catalogue is { } catalogue && recovered.IsOpen && !recovered.Matches(new ShopOpening(_products, recovered.OwnerKey)))
            Log.OtherCatalogue(_log, catalogue);
    }

    /// <summary>Runs while the real replica already serves.</summary>
    private void Rehearse()
    {
        try
        {
            long began = Stopwatch.GetTimestamp();
            Rehearsal.Run();
            Log.Rehearsed(_log, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception e)
        {
            Log.RehearsalFailed(_log, e);
        }
    }
}
