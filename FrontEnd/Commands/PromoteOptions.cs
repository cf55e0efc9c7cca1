using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;

namespace JustHungry.FrontEnd.Commands;

/// <summary><c>frontend promote</c> as typed.</summary>
internal sealed class PromoteCommandLine : NameServerCommandLine
{
    [Value(0, MetaName = "ID", HelpText = "The replica.")]
    public string Id { get; init; } = "";

    [Option("unclean", HelpText = "Promote a replica that may lack acknowledged orders, alone. Stop the others first: they are not fenced.")]
    public bool Unclean { get; init; }

    [Option("yes", HelpText = "With --unclean: don't ask for confirmation.")]
    public bool Yes { get; init; }

    [Option("json", HelpText = "Print JSON.")]
    public bool Json { get; init; }

    public Typed<PromoteOptions> Parse() =>
        from at in ParseOperator()
        from _ in Typed.Unless(
            Id.Length == 0 ? "say which replica, for example 'frontend promote 2'."
            : !ReplicaId.IsValid(Id) ? $"'{Id}': an id has 1 to {ReplicaId.CharsMax} letters, digits, dots and hyphens, a letter or digit first."
            : Yes && !Unclean ? "--yes goes with --unclean only."
            : null)
        select new PromoteOptions(at) { Id = Id, Unclean = Unclean, Yes = Yes, Json = Json };
}

/// <summary>Which replica <c>frontend promote</c> makes the primary, and how.</summary>
internal sealed record PromoteOptions(NameServerOptions At) : NameServerOptions(At)
{
    public required string Id { get; init; }

    public required bool Unclean { get; init; }

    /// <summary>Don't ask for confirmation.</summary>
    public required bool Yes { get; init; }

    public required bool Json { get; init; }

    public CommandAnswer Answer => new("frontend", Json) { IsIndented = true };
}
