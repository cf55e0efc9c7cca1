using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Names;

namespace JustHungry.NameServer.Commands;

/// <summary>The options, as typed, of every command that asks a running name server.</summary>
internal class QuestionCommandLine : NameServerCommandLine
{
    [Option("json", HelpText = "Print the answer as JSON.")]
    public bool Json { get; init; }

    public Typed<CommandOptions> ParseCommon() => ParseOperator().Select(at => new CommandOptions(at, Json));

    protected static Typed<string> ParseName(string? name) =>
        name is null ? new Wrong("say which NAME.")
        : NameRules.IsName(name) ? name
        : new Wrong($"'{name}' is not a name: 1 to {NameRules.NameCharsMax} ASCII characters without spaces.");

    protected static Typed<string> ParsePrefix(string prefix) =>
        NameRules.IsName(prefix) ? prefix : new Wrong($"--prefix {prefix}: no name begins like that.");
}

/// <summary>Which name server a command asks, and how it answers.</summary>
internal record CommandOptions(NameServerOptions At, bool Json) : NameServerOptions(At)
{
    public CommandAnswer Answer => new("nameserver", Json) { IsAlsoOnStderr = true };
}

/// <summary><c>nameserver list</c> as typed.</summary>
internal sealed class ListCommandLine : QuestionCommandLine
{
    [Option("prefix", MetaValue = "P", HelpText = "Only names that begin with P.")]
    public string Prefix { get; init; } = "";

    [Option("metadata", MetaValue = "M", HelpText = "Only names with this metadata; may be given several times.")]
    public IEnumerable<string> Metadata { get; init; } = [];

    [Option("any", HelpText = "With several --metadata: names with any of them, not only those with all.")]
    public bool Any { get; init; }

    public Typed<ListOptions> Parse() =>
        from common in ParseCommon()
        from metadata in ParseMetadata()
        from prefix in Prefix.Length == 0 ? "" : ParsePrefix(Prefix)
        select new ListOptions(common, prefix, metadata, Any);

    private Typed<string[]> ParseMetadata() =>
        Metadata.Count() > NameRules.MetadataCountMax ? new Wrong($"--metadata: at most {NameRules.MetadataCountMax} can be asked for at once.")
        : Metadata.FirstOrDefault(m => !NameRules.IsMetadata(m)) is { } bad
            ? new Wrong($"--metadata {bad}: metadata is 1 to {NameRules.MetadataCharsMax} ASCII characters.")
        : Metadata.ToArray();
}

internal sealed record ListOptions(CommandOptions Common, string Prefix, string[] Metadata, bool Any) : CommandOptions(Common);

/// <summary><c>nameserver lookup</c> as typed.</summary>
internal sealed class LookupCommandLine : QuestionCommandLine
{
    [Value(0, MetaName = "NAME", HelpText = "The name to look up.")]
    public string? Name { get; init; }

    public Typed<LookupOptions> Parse() =>
        from common in ParseCommon()
        from name in ParseName(Name)
        select new LookupOptions(common, name);
}

internal sealed record LookupOptions(CommandOptions Common, string Name) : CommandOptions(Common);

/// <summary><c>nameserver remove</c> as typed.</summary>
internal sealed class RemoveCommandLine : QuestionCommandLine
{
    [Value(0, MetaName = "NAME", HelpText = "The name to remove.")]
    public string? Name { get; init; }

    [Option("prefix", MetaValue = "P", HelpText = "Remove every name that begins with P.")]
    public string? Prefix { get; init; }

    public Typed<RemoveOptions> Parse() =>
        from common in ParseCommon()
        from _ in Typed.Unless(Name is null == Prefix is null ? "say a NAME, or --prefix P, and not both." : null)
        from name in Prefix is null ? ParseName(Name) : ParsePrefix(Prefix)
        select new RemoveOptions(common, name, IsPrefix: Prefix is not null);
}

internal sealed record RemoveOptions(CommandOptions Common, string Name, bool IsPrefix) : CommandOptions(Common);

/// <summary><c>nameserver view</c> as typed.</summary>
internal sealed class ViewCommandLine : QuestionCommandLine
{
    [Option("history", HelpText = "All views so far, oldest first.")]
    public bool History { get; init; }

    public Typed<ViewOptions> Parse() => ParseCommon().Select(common => new ViewOptions(common, History));
}

internal sealed record ViewOptions(CommandOptions Common, bool History) : CommandOptions(Common);

/// <summary><c>nameserver repair</c> as typed.</summary>
internal sealed class RepairCommandLine : QuestionCommandLine
{
    [Option("yes", HelpText = "Don't ask for a typed confirmation.")]
    public bool Yes { get; init; }

    public Typed<RepairOptions> Parse() => ParseCommon().Select(common => new RepairOptions(common, Yes));
}

internal sealed record RepairOptions(CommandOptions Common, bool Yes) : CommandOptions(Common);
