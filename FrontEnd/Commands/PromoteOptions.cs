using CommandLine;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;

namespace JustHungry.FrontEnd.Commands;

/// <summary>The options of <c>frontend promote</c>.</summary>
internal sealed class PromoteOptions : NameServerOptions
{
    [Value(0, MetaName = "ID", HelpText = "The replica.")]
    public string Id { get; init; } = "";

    [Option("unclean", HelpText = "Promote a replica that may lack acknowledged orders, alone. Stop the others first: they are not fenced.")]
    public bool Unclean { get; init; }

    [Option("yes", HelpText = "With --unclean: don't ask for confirmation.")]
    public bool Yes { get; init; }

    [Option("json", HelpText = "Print JSON.")]
    public bool Json { get; init; }

    public override string? Validate() =>
        base.Validate() ??
        (Id.Length == 0 ? "say which replica, for example 'frontend promote 2'."
            : !ReplicaId.IsValid(Id) ? $"'{Id}': an id has 1 to {ReplicaId.CharsMax} letters, digits, dots and hyphens, a letter or digit first."
            : Yes && !Unclean ? "--yes goes with --unclean only."
            : null);
}
