using CommandLine;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Names;

namespace JustHungry.NameServer.Commands;

/// <summary>What every command takes that asks a running name server.</summary>
internal class CommandOptions : NameServerOptions
{
    [Option("json", HelpText = "Print the answer as JSON.")]
    public bool Json { get; init; }
}

internal sealed class ListOptions : CommandOptions
{
    [Option("prefix", MetaValue = "P", HelpText = "Only names that begin with P.")]
    public string Prefix { get; init; } = "";

    [Option("metadata", MetaValue = "M", HelpText = "Only names with this metadata; may be given several times.")]
    public IEnumerable<string> Metadata { get; init; } = [];

    [Option("any", HelpText = "With several --metadata: names with any of them, not only those with all.")]
    public bool Any { get; init; }

    public override string? Validate() => base.Validate() ??
        (Metadata.Count() > NameRules.MetadataCountMax ? $"--metadata: at most {NameRules.MetadataCountMax} can be asked for at once."
            : Metadata.FirstOrDefault(m => !NameRules.IsMetadata(m)) is { } bad ? $"--metadata {bad}: metadata is 1 to {NameRules.MetadataCharsMax} ASCII characters."
            : Prefix.Length > 0 && !NameRules.IsName(Prefix) ? $"--prefix {Prefix}: no name begins like that."
            : null);
}

internal sealed class LookupOptions : CommandOptions
{
    [Value(0, MetaName = "NAME", HelpText = "The name to look up.")]
    public string? Name { get; init; }

    public override string? Validate() => base.Validate() ?? NameOptions.Check(Name);
}

internal sealed class RemoveOptions : CommandOptions
{
    [Value(0, MetaName = "NAME", HelpText = "The name to remove.")]
    public string? Name { get; init; }

    [Option("prefix", MetaValue = "P", HelpText = "Remove every name that begins with P.")]
    public string? Prefix { get; init; }

    public override string? Validate() => base.Validate() ??
        (Name is null == Prefix is null ? "say a NAME, or --prefix P, and not both."
            : Prefix is null ? NameOptions.Check(Name)
            : NameRules.IsName(Prefix) ? null
            : $"--prefix {Prefix}: no name begins like that.");
}

internal sealed class PingOptions : CommandOptions;

internal sealed class ViewOptions : CommandOptions
{
    [Option("history", HelpText = "All views so far, oldest first.")]
    public bool History { get; init; }
}

internal sealed class RepairOptions : CommandOptions
{
    [Option("yes", HelpText = "Don't ask for a typed confirmation.")]
    public bool Yes { get; init; }
}

internal static class NameOptions
{
    public static string? Check(string? name) =>
        name is null ? "say which NAME."
        : NameRules.IsName(name) ? null
        : $"'{name}' is not a name: 1 to {NameRules.NameCharsMax} ASCII characters without spaces.";
}
