using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;

namespace JustHungry.NameServer.Commands;

/// <summary>The options, as typed, of the commands that make keys.</summary>
internal abstract class KeysCommandLine : CommonCommandLine
{
    private const int DaysMax = 36_500;

    [Option("out", MetaValue = "FILE", HelpText = "The file to make.")]
    public string? Out { get; init; }

    [Option("days", MetaValue = "N", HelpText = "How long it is valid. Default: it does not expire.")]
    public int? Days { get; init; }

    [Option("json", HelpText = "Print the answer as JSON.")]
    public bool Json { get; init; }

    protected Typed<int?> ParseDays() => Days is null or (> 0 and <= DaysMax) ? Typed.Of(Days) : new Wrong($"--days {Days}: expected 1 to {DaysMax}.");

    protected CommandAnswer Answer => new("nameserver", Json) { IsAlsoOnStderr = true };
}

/// <summary><c>nameserver keys make</c> as typed.</summary>
internal sealed class KeysMakeCommandLine : KeysCommandLine
{
    public Typed<KeysMakeOptions> Parse() =>
        from _ in ParseGroup()
        from days in ParseDays()
        from file in ParseFile()
        select new KeysMakeOptions(file, days, Answer);

    private Typed<string> ParseFile() => Path.GetExtension(Out) == KeysMakeOptions.CertificateExtension
        ? new Wrong($"--out {Out}: the key's certificate goes into the file of that name; give the key another ending, such as .pem.")
        : Path.GetFullPath(Out ?? TlsOptions.DefaultPath);
}

/// <summary>Where the cluster's key is made.</summary>
internal sealed record KeysMakeOptions(string File, int? Days, CommandAnswer Answer)
{
    /// <summary>Beside the key: <c>cluster-key.pem</c> has its certificate in <c>cluster-key.crt</c>.</summary>
    public string CertificateFile => Path.ChangeExtension(File, CertificateExtension);

    public const string CertificateExtension = ".crt";
}

/// <summary><c>nameserver keys issue</c> as typed.</summary>
internal sealed class KeysIssueCommandLine : KeysCommandLine
{
    [Value(0, MetaName = "ROLE", HelpText = "nameserver, replica, frontend or operator.")]
    public string? RoleText { get; init; }

    [Value(1, MetaName = "ID", HelpText = "Which replica; for the others a name for people, which may be left out.")]
    public string? Id { get; init; }

    [Option("tls-file", MetaValue = "FILE", HelpText = $"The cluster's key. Default: ${TlsOptions.FileVariable}, else ${Home.Variable}/{TlsOptions.DefaultFile}.")]
    public string? TlsFileText { get; init; }

    public Typed<KeysIssueOptions> Parse() =>
        from @group in ParseGroup()
        from days in ParseDays()
        from identity in ParseIdentity(@group)
        from tls in TlsOptions.Parse("off", TlsFileText)
        select new KeysIssueOptions(
            identity, tls.File ?? TlsOptions.DefaultPath, Path.GetFullPath(Out ?? $"{identity.Id}.pem"), days, Answer);

    private Typed<PeerIdentity> ParseIdentity(string group) =>
        RoleText is null || !PeerIdentity.Roles.TryGetValue(RoleText, out Role role) ? new Wrong($"say for whom: {string.Join(", ", PeerIdentity.Roles.Keys)}.")
        : role == Role.Replica && !ReplicaId.IsValid(Id ?? "") ? new Wrong("say for which replica, for example 'nameserver keys issue replica 1'.")
        : Id is { Length: > 64 or 0 } ? new Wrong("the ID has 1 to 64 characters.")
        : new PeerIdentity(role, Id ?? RoleText, group);
}

/// <summary>For whom an identity is issued, from which cluster key, and where to.</summary>
internal sealed record KeysIssueOptions(PeerIdentity Identity, string KeyFile, string File, int? Days, CommandAnswer Answer);
