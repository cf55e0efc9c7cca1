using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;

namespace JustHungry.Benchmarks.Commands;

/// <summary><c>orders</c> and <c>mixed</c> as typed.</summary>
internal sealed class LoadCommandLine : CommonCommandLine
{
    private const int UsersMax = 16_384;

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

    [Option("tls", HelpText = "Secure all connections of the shop that is started, the users' too.")]
    public bool IsSecured { get; init; }

    [Option("plot", MetaValue = "FILE", HelpText = "Draw throughput over users into this SVG file.")]
    public string? Plot { get; init; }

    [Option("distribution", MetaValue = "FILE", HelpText = "Write all latencies' distribution (HdrHistogram's percentiles, ms) into FILE.USERS.")]
    public string? Distribution { get; init; }

    [Option("json", HelpText = "Print each figure as a line of JSON.")]
    public bool Json { get; init; }

    public Typed<LoadOptions> Parse() =>
        from @group in ParseGroup()
        from nameServer in ParseOptionalEndpoint("--name-server", NameServerText)
        from users in ParseUsers()
        from _ in Typed.Unless(
            Seconds is < 0.1 or > 3600 ? $"--seconds {Seconds}: expected 0.1 to 3600."
            : WarmUp is < 0 or > 600 ? $"--warm-up {WarmUp}: expected 0 to 600."
            : IsSecured && nameServer is not null ? "--tls goes with a shop that is started."
            : Replicas is < 2 or > 9 ? $"--replicas {Replicas}: expected 2 to 9."
            : null)
        select new LoadOptions(@group, nameServer, users, Seconds, WarmUp, Replicas, IsSecured, Plot, Distribution, Json);

    private Typed<int[]> ParseUsers()
    {
        int[] users = [.. UsersText.Split(',').Select(u => int.TryParse(u, out int n) ? n : 0)];
        return users.All(n => n is >= 1 and <= UsersMax) ? users : new Wrong($"--users {UsersText}: expected numbers from 1 to {UsersMax}, for example 1,64,1024.");
    }
}

/// <summary>What <c>orders</c> and <c>mixed</c> measure.</summary>
/// <param name="NameServer">The name server of the shop that is measured; null if a shop is started.</param>
internal sealed record LoadOptions(string Group, Endpoint? NameServer, int[] Users, double Seconds, double WarmUp, int Replicas, bool IsSecured, string? Plot, string? Distribution, bool Json)
{
    public string? DistributionOf(int users) => Distribution is { } file ? $"{file}.{users}" : null;
}
