using CommandLine;
using JustHungry.Protocol.Commands;

namespace JustHungry.FrontEnd.Commands;

/// <summary><c>frontend status</c> as typed.</summary>
internal sealed class StatusCommandLine : NameServerCommandLine
{
    [Option("json", HelpText = "Print JSON.")]
    public bool Json { get; init; }

    [Option("watch", HelpText = "Show it again every second, until ctrl-C.")]
    public bool Watch { get; init; }

    public Typed<StatusOptions> Parse() => ParseOperator().Select(at => new StatusOptions(at) { Json = Json, Watch = Watch });
}

/// <summary>What <c>frontend status</c> shows, and how.</summary>
internal sealed record StatusOptions(NameServerOptions At) : NameServerOptions(At)
{
    public required bool Json { get; init; }

    public CommandAnswer Answer => new("frontend", Json) { IsIndented = true };

    public required bool Watch { get; init; }
}
