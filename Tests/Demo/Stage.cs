using System.Text.Json;
using JustHungry.Protocol.Ids;
using JustHungry.Tests.EndToEnd.Rig;

namespace JustHungry.Demo;

/// <summary>
/// Starts, asks and ends the programs in a directory of its own, and prints what happens. Disposing of it removes everything.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int CommandMs = 60_000;
    private const int StopMs = 4_000;
    private const int LastWordsLines = 15;

    private readonly CancellationToken _interrupted;
    private readonly string _directory = Directory.CreateTempSubdirectory("justhungry-demo.").FullName;
    private readonly Dictionary<string, string> _environment = [];
    private readonly Dictionary<string, RealProcess> _running = [];
    private readonly string _bold = "", _dim = "", _plain = "";

    public Stage(CancellationToken interrupted)
    {
        _interrupted = interrupted;
        _environment["JUSTHUNGRY_HOME"] = Path.Combine(_directory, "home");
        if (!Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "")
            (_bold, _dim, _plain) = ("\e[1;36m", "\e[2m", "\e[0m");
    }

    public void Say(string text) => Console.WriteLine($"\n{_bold}── {text}{_plain}");

    public void Show(string text) => Console.WriteLine($"{_dim}   {text}{_plain}");

    public void ShowTyped(string question, string answer) => Console.WriteLine($"{question}{_bold}{answer}{_plain}");

    /// <summary>From now on, programs that are started look for the name server there.</summary>
    public void UseNameServer(Endpoint endpoint) => _environment["JUSTHUNGRY_NAME_SERVER"] = $"{endpoint}";

    /// <summary>Runs a command to its end, as a user types it, and shows what it prints.</summary>
    public async Task RunAsync(string program, params string[] words)
    {
        string typed = string.Join(' ', [program, .. words]);
        Console.WriteLine($"\n{_dim}$ {typed}{_plain}");
        await using RealProcess process = Start(program, words);
        int code = await ExitAsync(process);
        Console.Write(process.Output);
        Console.Error.Write(process.Error);
        if (code != 0)
            throw new DemoException($"'{typed}' ended with {code}");
    }

    /// <summary>Runs a command that prints JSON, and returns that.</summary>
    public async Task<JsonElement> AskAsync(string program, params string[] words)
    {
        await using RealProcess process = Start(program, words);
        return await ExitAsync(process) == 0
            ? JsonSerializer.Deserialize<JsonElement>(process.Output)
            : throw new DemoException($"'{process.Title}' failed: {process.Error}");
    }

    /// <summary>Starts a daemon and waits until it says that it is ready.</summary>
    /// <param name="name">What the daemon is called until it ends.</param>
    public async Task<Endpoint> StartAsync(string name, string program, params string[] words)
    {
        RealProcess daemon = _running[name] = Start(program, words);
        Endpoint endpoint = await daemon.ReadyAsync().WaitAsync(_interrupted);
        Show($"{daemon.Output.Trim()}   (process {daemon.Id})");
        return endpoint;
    }

    /// <summary>Starts a program that asks questions.</summary>
    public Session Open(string name, string program) => new(this, _running[name] = Start(program, []));

    /// <summary>What a daemon has written to its standard error.</summary>
    public string LogOf(string name) => _running[name].Error;

    /// <summary>kill -9.</summary>
    public async Task KillAsync(string name)
    {
        _running.Remove(name, out RealProcess? process);
        await process!.DisposeAsync();
    }

    public Task UntilAsync(string what, Func<Task<bool>> holds) => Poll.UntilAsync(what, holds).WaitAsync(_interrupted);

    public Task<int> ExitAsync(RealProcess process) => process.ExitAsync(CommandMs).WaitAsync(_interrupted);

    /// <summary>Ends every program as a service manager does; one that does not end by itself is killed.</summary>
    public async Task StopAllAsync()
    {
        foreach (RealProcess process in _running.Values.Where(p => !p.HasExited && !OperatingSystem.IsWindows()))
            process.Signal(ProcessSignals.Terminate);
        foreach (RealProcess process in _running.Values)
        {
            if (!OperatingSystem.IsWindows())
                await process.ExitAsync(StopMs).ContinueWith(_ => { }, TaskScheduler.Default);
            await process.DisposeAsync();
        }

        _running.Clear();
    }

    /// <summary>The last lines of each running program.</summary>
    public string LastWords() => string.Join('\n', _running.Values.Select(p => string.Join('\n', p.Describe().Split('\n').TakeLast(LastWordsLines))));

    public async ValueTask DisposeAsync()
    {
        await StopAllAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private RealProcess Start(string program, string[] words) => RealProcess.Start(string.Join(' ', [program, .. words]), program, words, _environment);
}
