using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using CommandLine;
using JustHungry.Protocol.Hosting;

namespace JustHungry.Benchmarks.Commands;

/// <summary>The options of <c>micro</c>.</summary>
internal sealed class MicroOptions : CommonOptions
{
    [Option("filter", Default = "*", MetaValue = "GLOB", HelpText = "Which benchmarks to run.")]
    public string Filter { get; init; } = "*";
}

/// <summary><c>micro</c>: BenchmarkDotNet over the parts.</summary>
internal static class MicroCommand
{
    public static Task<int> RunAsync(MicroOptions options)
    {
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(["--filter", options.Filter], DefaultConfig.Instance);
        return Task.FromResult(ExitCode.Done);
    }
}
