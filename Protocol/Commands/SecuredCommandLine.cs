using CommandLine;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Security;

namespace JustHungry.Protocol.Commands;

/// <summary>The options, as typed, of every command that connects to another process or listens.</summary>
public abstract class SecuredCommandLine : CommonCommandLine
{
    [Option("tls", MetaValue = "off|optional|required",
        HelpText = $"Whether connections are encrypted and both sides prove who they are. Default: ${TlsOptions.ModeVariable}, else off.")]
    public string? TlsText { get; init; }

    [Option("tls-file", MetaValue = "FILE",
        HelpText = $"With TLS: the cluster key, an identity issued from it, or (users) its certificate. Default: ${TlsOptions.FileVariable}, else ${Home.Variable}/{TlsOptions.DefaultFile}.")]
    public string? TlsFileText { get; init; }

    /// <summary>How this process secures its connections, with the credentials read.</summary>
    protected Typed<LinkSecurity> ParseSecurity(PeerIdentity self) => TlsOptions.Parse(TlsText, TlsFileText).SelectMany(o => o.Load(self), (_, security) => security);
}
