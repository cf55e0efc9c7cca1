using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary><c>frontend status</c> as typed.</summary>
internal sealed class StatusCommandLine : NameServerCommandLine
{
    [Option("json", HelpText = "Print JSON.")]
    public bool Json { get; init; }

    [Option("watch", HelpText = "Show it again every second, until ctrl-C.")]
    public bool Watch { get; init; }

    [Option("ask", MetaValue = "H:P[,H:P]", HelpText = "Servers and front ends to ask if the name server, which lists them, does not answer.")]
    public string AskText { get; init; } = "";

    public Typed<StatusOptions> Parse() =>
        from at in ParseOperator()
        from ask in ParseAsk()
        select new StatusOptions(at) { Json = Json, Watch = Watch, Ask = ask };

    private Typed<Endpoint[]> ParseAsk()
    {
        var ask = new List<Endpoint>();
        foreach (string text in AskText.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Endpoint.TryParse(text, out Endpoint endpoint))
                return new Wrong($"--ask {text}: expected HOST:PORT, for example 127.0.0.1:9101.");
            ask.Add(endpoint);
        }

        return ask.ToArray();
    }
}

/// <summary>What <c>frontend status</c> shows, and how.</summary>
internal sealed record StatusOptions(NameServerOptions At) : NameServerOptions(At)
{
    public required bool Json { get; init; }

    public CommandAnswer Answer => new("frontend", Json) { IsIndented = true };

    public required bool Watch { get; init; }

    /// <summary>Whom to ask while the name server is away.</summary>
    public IReadOnlyList<Endpoint> Ask { get; init; } = [];

    /// <summary>Takes stock of the group; of those named by --ask while the name server is away.</summary>
    /// <exception cref="ConnectionLostException">The name server can't be reached, and nobody else answers.</exception>
    /// <exception cref="HelloRefusedException">What listens there is not a name server, and nobody else answers.</exception>
    public async Task<GroupSurvey> TakeStockAsync(CancellationToken cancel)
    {
        try
        {
            return await GroupSurvey.TakeAsync(this, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (Ask.Count > 0 && e is ConnectionLostException or HelloRefusedException)
        {
            if (await GroupSurvey.TryTakeAsync(this, Ask, cancel).ConfigureAwait(false) is { } survey)
                return survey;
            throw;
        }
    }
}
