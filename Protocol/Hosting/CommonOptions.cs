using CommandLine;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Names;

namespace JustHungry.Protocol.Hosting;

/// <summary>What every command takes. Options are text as typed; <see cref="Validate"/> says what is wrong with them.</summary>
public abstract class CommonOptions
{
    public const string NameServerVariable = "JUSTHUNGRY_NAME_SERVER";
    public const string DefaultNameServer = "127.0.0.1:9090";

    [Option("group", Default = NameRules.DefaultGroup, MetaValue = "G", HelpText = "The group of replicas that serve one shop.")]
    public string Group { get; init; } = NameRules.DefaultGroup;

    /// <summary>Catches words that belong to no option: they are a mistake, not something to drop silently.</summary>
    [Value(9, Hidden = true)]
    public IEnumerable<string> Extra { get; init; } = [];

    /// <summary>The first thing wrong with the options as typed, in a sentence; null if nothing is.</summary>
    public virtual string? Validate() =>
        Extra.FirstOrDefault() is { } extra ? $"'{extra}' was not expected."
        : !NameRules.IsGroup(Group) ? $"--group {Group}: a group has 1 to {NameRules.GroupCharsMax} letters, digits, dots, hyphens and underscores."
        : null;

    protected static string? CheckEndpoint(string option, string? text) =>
        text is null || Endpoint.TryParse(text, out _) ? null : $"{option} {text}: expected HOST:PORT, for example 127.0.0.1:9090.";
}

/// <summary>What every command takes that talks to the name server.</summary>
public abstract class NameServerOptions : CommonOptions
{
    [Option("name-server", MetaValue = "H:P", HelpText = $"Where the name server listens. Default: ${NameServerVariable}, else {DefaultNameServer}.")]
    public string? NameServerText { get; init; }

    /// <summary>Call after <see cref="Validate"/> has found nothing.</summary>
    public Endpoint NameServer => Endpoint.TryParse(NameServerOrDefault, out Endpoint endpoint) ? endpoint : throw new InvalidOperationException();

    private string NameServerOrDefault =>
        NameServerText ?? (Environment.GetEnvironmentVariable(NameServerVariable) is { Length: > 0 } variable ? variable : DefaultNameServer);

    public override string? Validate() =>
        base.Validate() ?? CheckEndpoint(NameServerText is null ? NameServerVariable : "--name-server", NameServerOrDefault);
}
