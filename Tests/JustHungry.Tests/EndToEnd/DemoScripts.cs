using System.Diagnostics;
using System.Runtime.CompilerServices;
using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>The demo in PowerShell (.ci/run runs the one in bash), and the demo broken off.</summary>
public sealed class DemoScripts
{
    private const int DemoMs = 240_000;

    [Test]
    public async Task The_PowerShell_demo_tells_its_story()
    {
        (int restored, string why) = await RunAsync("dotnet", "tool", "restore");
        if (restored != 0)
            Assert.Ignore($"PowerShell, a tool of .config/dotnet-tools.json, can't be restored here: {why}");

        (int code, string said) = await RunAsync("dotnet", "pwsh", "-NoProfile", "-File", "run-demo.ps1");
        code.Should().Be(0, said);
        said.Should().Contain("Her history: three orders, none lost, none doubled").And.Contain("no process and no file is left");
    }

    [Test]
    public async Task A_demo_that_is_broken_off_leaves_no_process_and_no_file()
    {
        string directory = Directory.CreateTempSubdirectory("justhungry-e2e-").FullName;
        var environment = new Dictionary<string, string> { ["TMPDIR"] = directory, ["DOTNET_EnableDiagnostics"] = "0" }; // the runtime's own pipes lie there too
        await using RealProcess demo = RealProcess.Start("demo", "JustHungry.Demo", [], environment);
        await Poll.UntilAsync("the front end of the demo is ready", () => demo.Output.Contains("ready: frontend", StringComparison.Ordinal));

        (await demo.StopAsync()).Should().Be(130, demo.Describe());

        Directory.EnumerateFileSystemEntries(directory).Should().BeEmpty();
        int[] daemons = [.. demo.Output.Split("(process ")[1..].Select(after => int.Parse(after[..after.IndexOf(')', StringComparison.Ordinal)]))];
        daemons.Should().HaveCount(5).And.NotContain(id => Directory.Exists($"/proc/{id}"));
        Directory.Delete(directory);
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = Root(), RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(DemoMs);
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            string said = await output + await errors;
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, said);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', words)} did not end within {DemoMs} ms");
        }
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
