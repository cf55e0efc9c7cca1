using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;

namespace JustHungry.Benchmarks.Rig;

/// <summary>One of the real programs, and what it has used. Killed when disposed of.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private const int ReadyDeadlineMs = 60_000;

    private readonly Process _process;
    private readonly string _counters;
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource<Endpoint> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Daemon(string title, Process process, string counters)
    {
        Title = title;
        _process = process;
        _counters = counters;
        process.OutputDataReceived += (_, line) => Said(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_error)
                _error.AppendLine(line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Title { get; }

    public static Daemon Start(string title, string program, IEnumerable<string> args, string home, bool isSecured)
    {
        string counters = Path.Combine(home, $"{title.Replace(' ', '-')}-{Guid.NewGuid():N}.counters");
        var start = new ProcessStartInfo(FindProgram(program), args) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["JUSTHUNGRY_HOME"] = home;
        start.Environment[TlsOptions.ModeVariable] = isSecured ? "required" : "off";
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(Daemon).Assembly.Location;
        start.Environment[RuntimeCounters.FileVariable] = counters;

        // If the SDK is in a home directory, a program's apphost finds it only by this variable.
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")));
        return new Daemon(title, Process.Start(start)!, counters);
    }

    /// <summary>Waits for the ready line.</summary>
    /// <exception cref="InvalidOperationException">The program ended, or was not ready in time.</exception>
    public async Task<Endpoint> ReadyAsync()
    {
        Task ended = _process.WaitForExitAsync();
        Task first = await Task.WhenAny(_ready.Task, ended, Task.Delay(ReadyDeadlineMs)).ConfigureAwait(false);
        if (first == _ready.Task)
            return await _ready.Task.ConfigureAwait(false);

        lock (_error)
            throw new InvalidOperationException($"{Title} did not get ready:\n{_error}");
    }

    public ResourceUse Use()
    {
        _process.Refresh();
        return new ResourceUse(_process.TotalProcessorTime, _process.WorkingSet64, RuntimeCounters.Read(_counters));
    }

    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    /// <summary>
    /// The program is beside the benchmark if the build has put all programs there; otherwise it is where a plain build of the repository
    /// leaves it.
    /// </summary>
    private static string FindProgram(string program)
    {
        string file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        string beside = Path.Combine(AppContext.BaseDirectory, file);
        if (File.Exists(beside))
            return beside;

        string folder = program switch { "nameserver" => "NameServer", "server" => "Server", _ => "FrontEnd" };
        return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../..", folder, "bin/Release/net10.0", file));
    }

    private void Said(string? line)
    {
        if (line?.StartsWith("ready: ", StringComparison.Ordinal) == true && Endpoint.TryParse(line[(line.LastIndexOf(' ') + 1)..], out Endpoint endpoint))
            _ready.TrySetResult(endpoint);
    }
}

/// <summary>What a process has used since its start.</summary>
internal readonly record struct ResourceUse(TimeSpan Cpu, long ResidentBytes, RuntimeCounters Runtime);
