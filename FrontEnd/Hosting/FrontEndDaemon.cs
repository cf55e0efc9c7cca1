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
        using var loop = new CoreLoop(TimeProvider.System, log);

        Endpoint listening;
        try
        {
            listening = await loop.ListenAsync(options.Listen).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"frontend: can't listen at {options.Listen}: {e.Message}.").ConfigureAwait(false);
            return ExitCode.Refused;
        }

        FrontEndSettings settings = options.ToSettings(listening);
        var boot = new BootId(FreshIds.Next());
        var events = new FrontEndEvents(log, settings, loop);
        var core = new FrontEndCore(loop, settings, boot, FreshIds.Next, events);
        Log.Listening(log, listening, boot);

        using CancellationTokenRegistration stop = signals.Token.Register(() => loop.Post(now =>
        {
            Log.Stopping(log);
            core.BeginStop(now);
        }));
        await loop.RunAsync(core).ConfigureAwait(false);

        if (events.Message is { } message)
            await Console.Error.WriteLineAsync(message).ConfigureAwait(false);
        return events.ExitCode;
    }
}
