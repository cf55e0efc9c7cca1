using System.Net.Sockets;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Security;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// What every daemon does in the same way: its log, the signals that stop it, its metrics, its ready line, and the exit code and line on
/// stderr with which it ends.
/// </summary>
public sealed class DaemonHost
{
    private readonly Endpoint _listen;

    internal DaemonHost(ILogger log, Endpoint listen, CancellationToken stopping, LinkSecurity? security = null)
    {
        Security = security ?? LinkSecurity.Off;
        Log = log;
        _listen = listen;
        Stopping = stopping;
    }

    public ILogger Log { get; }

    /// <summary>How the daemon's loop is secured.</summary>
    public LinkSecurity Security { get; }

    /// <summary>What the daemon says of itself at /healthz and /readyz.</summary>
    public HealthReport Health { get; } = new(TimeProvider.System);

    /// <summary>Cancelled by the first SIGTERM or ctrl-C.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Used by whatever may hold up the start.</summary>
    public Patience Patience => new(what => Protocol.Log.Waits(Log, what), Stopping);

    /// <summary>Runs a daemon from its parsed options to its exit code.</summary>
    /// <param name="program">As typed in a terminal.</param>
    /// <param name="serve">Returns when the daemon has ended. If it throws, the message goes to stderr.</param>
    public static async Task<int> RunAsync(string program, IDaemonOptions options, Func<DaemonHost, Task<DaemonEnd>> serve)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(serve);
        using ILoggerFactory logs = options.Log.CreateLog();
        using var signals = new StopSignals();
        DaemonEnd end = await ServeAsync(program, options.Metrics, new DaemonHost(logs.CreateLogger(program), options.Listen, signals.Token, options.Security), serve).ConfigureAwait(false);
        if (end.Line is { } line)
            await Console.Error.WriteLineAsync(line).ConfigureAwait(false);
        return end.ExitCode;
    }

    /// <summary>Begins to listen where the options say, and secures the loop as they say. To be called before the loop runs.</summary>
    /// <param name="hint">A question or sentence that the error message adds if it fails.</param>
    /// <exception cref="ExplainedException">It can't listen there.</exception>
    public async Task<Endpoint> ListenAsync(CoreLoop loop, string hint = "")
    {
        ArgumentNullException.ThrowIfNull(loop);
        try
        {
            loop.Secure(Security);
            Endpoint listening = await loop.ListenAsync(_listen).ConfigureAwait(false);
            if (Security.Mode != TlsMode.Required && !_listen.IsLoopback)
                Protocol.Log.Unsecured(Log, listening, Security.Mode == TlsMode.Off ? "off" : "optional");
            return listening;
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException) // the latter: the host's name has no address
        {
            throw new ExplainedException($"can't listen at {_listen}: {e.Message}. {hint}Choose another address with --listen H:P.", e);
        }
    }

    /// <summary>Runs the loop until it ends. Meanwhile the core is sampled for the metrics, and a signal makes it stop.</summary>
    /// <param name="sample">Called in the loop once a second, with the core, the time and the number of waiting events.</param>
    /// <param name="stop">Called at the first signal, in a pool thread.</param>
    public async Task DriveAsync<TCore>(CoreLoop<TCore> loop, TCore core, Action<TCore, Now, int> sample, Action stop)
        where TCore : class, ICore
    {
        ArgumentNullException.ThrowIfNull(loop);
        Task running = loop.RunAsync(core);
        Health.Serves();
        Background.Run(Log, "measuring", LoopSample.RunAsync<TCore>(loop, (sampled, now, queued) =>
        {
            sample(sampled, now, queued);
            Health.Answered();
        }));
        if (Security.Credentials is { } credentials)
            Background.Run(Log, "watching the credentials", new CredentialsWatch(credentials, loop, Log).RunAsync());
        try
        {
            using (Stopping.Register(stop))
                await running.ConfigureAwait(false);
        }
        finally
        {
            Health.Stops();
        }
    }

    /// <summary>The line that scripts wait for.</summary>
    /// <param name="who">Program and id: <c>server 1</c>.</param>
    public static void SayReady(string who, Endpoint at)
    {
        Console.Out.WriteLine($"ready: {who} at {at}");
        Console.Out.Flush();
    }

    internal static async Task<DaemonEnd> ServeAsync(string program, Endpoint? metrics, DaemonHost host, Func<DaemonHost, Task<DaemonEnd>> serve)
    {
        try
        {
            using MetricsEndpoint? served = MetricsEndpoint.Open(metrics, host.Health, host.Log);
            return await serve(host).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (host.Stopping.IsCancellationRequested)
        {
            return DaemonEnd.Stopped; // before it had begun to serve
        }
        catch (ExplainedException e)
        {
            return new DaemonEnd(ExitCode.Refused, e.ToLine(program));
        }
        catch (Exception e)
        {
            Protocol.Log.Failed(host.Log, e);
            return new DaemonEnd(ExitCode.Refused, $"{program}: stopped by a failure: {e.Message}");
        }
    }
}
