using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;

namespace JustHungry.FrontEnd.Hosting;

/// <summary>Runs a front end's core on real sockets, until a signal or the core ends it.</summary>
internal static class FrontEndDaemon
{
    public static Task<int> RunAsync(FrontEndOptions options) => DaemonHost.RunAsync("frontend", options, host => ServeAsync(options, host));

    private static async Task<DaemonEnd> ServeAsync(FrontEndOptions options, DaemonHost host)
    {
        using var loop = new CoreLoop<FrontEndCore>(ThreadedTime.Instance, host.Log);
        await RegisterCheck.DemandOneAsync(options.NameServers, options.Caller, host.Stopping).ConfigureAwait(false);
        Endpoint listening = await host.ListenAsync(loop).ConfigureAwait(false);
        FrontEndSettings settings = options.ToSettings(listening);
        var boot = new BootId(FreshIds.Next());
        using var metrics = new FrontEndMetrics();
        var events = new FrontEndEvents(host.Log, settings, loop, metrics);
        var core = new FrontEndCore(loop, settings, boot, FreshIds.Next, events);
        Log.Listening(host.Log, listening, boot);

        var verdicts = new VerdictWatch(host.Log, host.Health);
        await host.DriveAsync(loop, core, (sampled, _, queued) =>
        {
            metrics.Sample(sampled, queued);
            verdicts.Sample(sampled);
        }, () => loop.Post((frontEnd, now) =>
        {
            Log.Stopping(host.Log);
            frontEnd.BeginStop(now);
        })).ConfigureAwait(false);
        return events.End;
    }
}
