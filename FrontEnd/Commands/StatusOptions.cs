using CommandLine;
using JustHungry.Protocol.Hosting;

namespace JustHungry.FrontEnd.Commands;

/// <summary>The options of <c>frontend status</c>.</summary>
internal sealed class StatusOptions : NameServerOptions
{
    [Option("json", HelpText = "Print JSON.")]
    public bool Json { get; init; }

    [Option("watch", HelpText = "Show it again every second, until ctrl-C.")]
    public bool Watch { get; init; }
}
