using CommandLine;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;

namespace JustHungry.Protocol.Commands;

/// <summary>
/// The options of every command, as typed. Each kind of command line has a Parse that turns it into options, or names the first mistake.
/// </summary>
public abstract class CommonCommandLine
{
    [Option("group", Default = NameRules.DefaultGroup, MetaValue = "G", HelpText = "The group of replicas that serve one shop.")]
    public string GroupText { get; init; } = NameRules.DefaultGroup;

    /// <summary>Catches words that belong to no option: they are a mistake, not something to drop silently.</summary>
    [Value(9, Hidden = true)]
    public IEnumerable<string> Extra { get; init; } = [];

    protected Typed<string> ParseGroup() =>
        Extra.FirstOrDefault() is { } extra ? new Wrong($"'{extra}' was not expected.")
        : !NameRules.IsGroup(GroupText)
            ? new Wrong($"--group {GroupText}: a group has 1 to {NameRules.GroupCharsMax} letters, digits, dots, hyphens and underscores.")
        : GroupText;

    protected static Typed<Endpoint> ParseEndpoint(string option, string? text) =>
        Endpoint.TryParse(text, out Endpoint endpoint) ? endpoint : new Wrong($"{option} {text}: expected HOST:PORT, for example 127.0.0.1:9090.");

    /// <summary>Null if the option was not given.</summary>
    protected static Typed<Endpoint?> ParseOptionalEndpoint(string option, string? text) =>
        text is null ? Typed.Of<Endpoint?>(null) : ParseEndpoint(option, text).Select(endpoint => (Endpoint?)endpoint);
}

/// <summary>The options of every command that talks to the name server, as typed.</summary>
public abstract class NameServerCommandLine : SecuredCommandLine
{
    [Option("name-server", MetaValue = "H:P[,H:P]",
        HelpText = $"Where the name server listens; several that share one etcd cluster are asked in this order. Default: ${NameServerOptions.NameServerVariable}, else {NameServerOptions.DefaultNameServer}.")]
    public string? NameServerText { get; init; }

    protected Typed<NameServerOptions> ParseNameServer() =>
        from @group in ParseGroup()
        from nameServers in ParseList(NameServerText is null ? NameServerOptions.NameServerVariable : "--name-server", NameServerText ?? Default)
        select new NameServerOptions(nameServers, @group);

    private static Typed<NameServerList> ParseList(string option, string text) => NameServerList.TryParse(text, out NameServerList list)
        ? list
        : new Wrong($"{option} {text}: expected HOST:PORT, for example 127.0.0.1:9090, or up to {NameServerList.CountMax} of them with commas between them.");

    /// <summary>The same for an operator's command, which has to prove that it is one.</summary>
    protected Typed<NameServerOptions> ParseOperator() =>
        from at in ParseNameServer()
        from security in ParseSecurity(new PeerIdentity(Messages.Role.Operator, "operator", at.Group))
        select at with { Caller = new Caller(at.Group, security) };

    private static string Default =>
        Environment.GetEnvironmentVariable(NameServerOptions.NameServerVariable) is { Length: > 0 } variable ? variable : NameServerOptions.DefaultNameServer;
}

/// <summary>A shop's address: its group, and the name servers that know the group.</summary>
public record NameServerOptions(NameServerList NameServers, string Group)
{
    public const string NameServerVariable = "JUSTHUNGRY_NAME_SERVER";
    public const string DefaultNameServer = "127.0.0.1:9090";

    /// <summary>As whom the command asks.</summary>
    public Caller Caller { get; init; } = new(Group, LinkSecurity.Off);

    /// <summary>What a command says when no name server answers it.</summary>
    /// <param name="reason">Of the failure; it may begin with the endpoint.</param>
    public string Missing(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        string at = $"{NameServers}: ";
        string what = reason.StartsWith(at, StringComparison.Ordinal) ? reason[at.Length..] : reason;
        return $"no name server answers at {NameServers}: {what.TrimEnd('.')}. Start one with 'nameserver', or say where it is with --name-server H:P or " +
            $"{NameServerVariable}.";
    }
}
