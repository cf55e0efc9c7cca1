using System.Net.Sockets;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;
using Microsoft.Extensions.Logging;

namespace JustHungry.FrontEnd.Hosting;

/// <summary>Runs a front end's core on real sockets, until a signal or the core ends it.</summary>
internal static class FrontEndDaemon
{
    public static async Task<int> RunAsync(FrontEndOptions options)
    {
        using ILoggerFactory factory = options.CreateLog();
        ILogger log = factory.CreateLogger("frontend");
        using var signals = new StopSignals();
        try
        {
            using MetricsEndpoint? endpoint = MetricsEndpoint.Open(options.MetricsText);
            return await ServeAsync(options, log, signals.Token).ConfigureAwait(false);
        }
        catch (MetricsException e)
        {
            return Fail(e.Message);
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException { Source: "System.Linq" })
        {
            return Fail($"can't listen at {options.Listen}: {e.Message}. Choose another address with --listen H:P.");
        }
        catch (Exception e)
        {
            return Fail($"stopped by a failure: {e.Message}"); // the loop has logged it with its trace
        }
    }

    private static async Task<int> ServeAsync(FrontEndOptions options, ILogger log, CancellationToken stopping)
    {
        using var loop = new CoreLoop<FrontEndCore>(TimeProvider.System, log);
        Endpoint listening = await loop.ListenAsync(options.Listen).ConfigureAwait(false);
        FrontEndSettings settings = options.ToSettings(listening);
        var boot = new BootId(FreshIds.Next());
        using var metrics = new FrontEndMetrics();
        var events = new FrontEndEvents(log, settings, loop, metrics);
        var core = new FrontEndCore(loop, settings, boot, FreshIds.Next, events);
        Log.Listening(log, listening, boot);

        using CancellationTokenRegistration stop = stopping.Register(() => loop.Post((core, now) =>
        {
            Log.Stopping(log);
            core.BeginStop(now);
        }));
        Task running = loop.RunAsync(core);
        Background.Run(log, "measuring", LoopSample.RunAsync<FrontEndCore>(loop, metrics.Sample));
        await running.ConfigureAwait(false);

        if (events.Message is { } message)
            await Console.Error.WriteLineAsync(message).ConfigureAwait(false);
        return events.ExitCode;
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"frontend: {message}");
        return ExitCode.Refused;
    }
}
