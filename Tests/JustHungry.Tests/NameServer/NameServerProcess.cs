using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Tests.NameServer;

/// <summary>The real <c>nameserver</c> as a process, and its commands.</summary>
internal sealed partial class NameServerProcess : IAsyncDisposable
{
    private const int SigTerm = 15; // signal(7)
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task _reading;

    private NameServerProcess(Process process, Endpoint endpoint, ConcurrentQueue<string> errors, Task reading)
    {
        _process = process;
        _reading = reading;
        Endpoint = endpoint;
        Errors = errors;
    }

    public Endpoint Endpoint { get; }

    public ConcurrentQueue<string> Errors { get; }

    /// <summary>Starts the daemon on a free port and waits for its ready line.</summary>
    public static async Task<NameServerProcess> StartAsync(string storage, string listen = "127.0.0.1:0")
    {
        Process process = Start("--listen", listen, "--storage", storage);
        var errors = new ConcurrentQueue<string>();
        Task reading = ReadAsync(process.StandardError, errors);
        using var patience = new CancellationTokenSource(Patience);
        string ready = await process.StandardOutput.ReadLineAsync(patience.Token) ?? "(nothing)";
        return ready.StartsWith("ready: nameserver at ", StringComparison.Ordinal) && Endpoint.TryParse(ready[21..], out Endpoint endpoint)
            ? new NameServerProcess(process, endpoint, errors, reading)
            : throw new InvalidOperationException($"not ready: {ready} {string.Join('\n', errors)}");
    }

    /// <summary>Runs a command, or a daemon that is not expected to start, to its end.</summary>
    public static async Task<(int Exit, string Out, string Error)> RunAsync(string[] args, string? input = null)
    {
        using Process process = Start(args);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, (await output).TrimEnd(), (await error).TrimEnd());
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    public Task<(int Exit, string Out, string Error)> AskAsync(params string[] args) => RunAsync([.. args, "--name-server", $"{Endpoint}"]);

    public Task<RpcClient> ConnectAsync(Role role = Role.Operator) => RpcClient.ConnectAsync(
        Endpoint, Role.NameServer, new Hello(role, "1", default, new BootId(FreshIds.Next()), default, Registering.Group), Patience, CancellationToken.None);

    public void Kill() => _process.Kill();

    /// <summary>SIGTERM, and how long it took and what it left with.</summary>
    public async Task<(int Exit, TimeSpan Took)> TerminateAsync()
    {
        var stopwatch = Stopwatch.StartNew();
        _ = SendSignal(_process.Id, SigTerm);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, stopwatch.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private static Process Start(params string[] args)
    {
        string file = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "nameserver.exe" : "nameserver");
        return Process.Start(new ProcessStartInfo(file, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private static async Task ReadAsync(StreamReader from, ConcurrentQueue<string> lines)
    {
        while (await from.ReadLineAsync() is { } line)
            lines.Enqueue(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
