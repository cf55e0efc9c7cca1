using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using CommandLine;
using JustHungry.Protocol.Commands;

namespace JustHungry.Benchmarks.Commands;

/// <summary><c>micro</c> as typed.</summary>
internal sealed class MicroCommandLine : CommonCommandLine
{
    [Option("filter", Default = "*", MetaValue = "GLOB", HelpText = "Which benchmarks to run.")]
    public string Filter { get; init; } = "*";

    public Typed<string> Parse() => ParseGroup().Select(_ => Filter);
}

/// <summary><c>micro</c>: BenchmarkDotNet over the parts.</summary>
internal static class MicroCommand
{
    public static Task<int> RunAsync(string filter)
    {
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(["--filter", filter], DefaultConfig.Instance);
        return Task.FromResult(ExitCode.Done);
    }
}
