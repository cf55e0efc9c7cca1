using System.Diagnostics;
using System.Globalization;
using System.Text;
using JustHungry.Protocol.Ids;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>One of the real programs, started from the folder of the tests. What it says is kept. Killed at the end, frozen or not.</summary>
internal sealed class RealProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;

    private RealProcess(string title, Process process)
    {
        Title = title;
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _error));
    }

    public string Title { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Snapshot(_output);

    public string Error => Snapshot(_error);

    /// <param name="before">A program that runs this one, with its own arguments; it must let it keep its process id.</param>
    public static RealProcess Start(
        string title, string program, IEnumerable<string> args, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string>? before = null)
    {
        string file = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? program + ".exe" : program);
        string[] command = [.. before ?? [], file, .. args];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string inherited in start.Environment.Keys.Where(k => k.StartsWith("JUSTHUNGRY", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(inherited);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;

        // The apphost of a program finds an SDK in a home directory only by this variable.
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../..")));
        return new RealProcess(title, Process.Start(start)!);
    }

    /// <summary>Waits for the ready line; fails at once if the process ends before.</summary>
    public async Task<Endpoint> ReadyAsync(int deadlineMs = Poll.DeadlineMs)
    {
        await Poll.UntilAsync($"{Title} is ready", () => Output.Contains("ready: ", StringComparison.Ordinal) || HasExited, deadlineMs);
        string? line = Output.Split('\n').FirstOrDefault(l => l.StartsWith("ready: ", StringComparison.Ordinal));
        return line is not null && Endpoint.TryParse(line[(line.LastIndexOf(' ') + 1)..].Trim(), out Endpoint endpoint)
            ? endpoint
            : throw new InvalidOperationException($"{Title} did not get ready: {Error}");
    }

    public void Signal(int signal) => ProcessSignals.Send(Id, signal);

    /// <summary>kill -9; the process is gone when this returns.</summary>
    public Task KillAsync()
    {
        Signal(ProcessSignals.Kill);
        return ExitAsync();
    }

    /// <summary>SIGTERM, as a service manager does.</summary>
    public Task<int> StopAsync(int deadlineMs = Poll.DeadlineMs)
    {
        Signal(ProcessSignals.Terminate);
        return ExitAsync(deadlineMs);
    }

    /// <summary>The exit code, once it has ended and everything it said has been read.</summary>
    public async Task<int> ExitAsync(int deadlineMs = Poll.DeadlineMs)
    {
        using var deadline = new CancellationTokenSource(deadlineMs);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await _reading.WaitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Title} did not end within {deadlineMs} ms");
        }
    }

    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void EndInput() => _process.StandardInput.Close();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <summary>For the message of a failed test.</summary>
    public string Describe()
    {
        string state = HasExited ? $"ended with {_process.ExitCode.ToString(CultureInfo.InvariantCulture)}" : "runs";
        return $"---- {Title}: {state}\n{Output}{Error}";
    }

    private static string Snapshot(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder to)
    {
        var buffer = new char[4096]; // not by lines: a menu's question has no line end
        int read;
        while ((read = await from.ReadAsync(buffer)) > 0)
        {
            lock (to)
                to.Append(buffer, 0, read);
        }
    }
}
