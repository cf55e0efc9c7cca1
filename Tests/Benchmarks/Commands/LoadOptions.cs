using CommandLine;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;

namespace JustHungry.Benchmarks.Commands;

/// <summary>The options of <c>orders</c> and <c>mixed</c>.</summary>
internal sealed class LoadOptions : CommonOptions
{
    [Option("users", Default = "1024", MetaValue = "N[,N…]", HelpText = "How many order at once; several numbers are measured one after the other.")]
    public string UsersText { get; init; } = "1024";

    [Option("seconds", Default = 10.0, MetaValue = "S", HelpText = "How long each is measured, after the warm-up.")]
    public double Seconds { get; init; } = 10;

    [Option("warm-up", Default = 3.0, MetaValue = "S", HelpText = "How long the users run before: the programs compile what is hot meanwhile.")]
    public double WarmUp { get; init; } = 3;

    [Option("replicas", Default = 3, MetaValue = "R", HelpText = "How many servers to start.")]
    public int Replicas { get; init; } = 3;

    [Option("name-server", MetaValue = "H:P", HelpText = "Measure the shop that is found there, and start none. Nobody else may use it meanwhile.")]
    public string? NameServerText { get; init; }

    [Option("plot", MetaValue = "FILE", HelpText = "Draw throughput over users into this SVG file.")]
    public string? Plot { get; init; }

    [Option("json", HelpText = "Print each figure as a line of JSON.")]
    public bool Json { get; init; }

    public int[] Users => [.. UsersText.Split(',').Select(int.Parse)];

    public override string? Validate() =>
        base.Validate() ?? CheckEndpoint("--name-server", NameServerText)
        ?? (UsersText.Split(',').Any(u => !int.TryParse(u, out int n) || n is < 1 or > 16_384) ? $"--users {UsersText}: expected numbers from 1 to 16384, for example 1,64,1024."
        : Seconds is < 0.1 or > 3600 ? $"--seconds {Seconds}: expected 0.1 to 3600."
        : WarmUp is < 0 or > 600 ? $"--warm-up {WarmUp}: expected 0 to 600."
        : Replicas is < 2 or > 9 ? $"--replicas {Replicas}: expected 2 to 9."
        : null);

    public Endpoint? NameServer => Endpoint.TryParse(NameServerText, out Endpoint endpoint) ? endpoint : null;
}
