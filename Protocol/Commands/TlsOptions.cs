using JustHungry.Protocol.Files;
using JustHungry.Protocol.Security;

namespace JustHungry.Protocol.Commands;

/// <summary>What --tls and --tls-file say, or their variables.</summary>
/// <param name="File">Null if no file was named, and the default one may be meant.</param>
public readonly record struct TlsOptions(TlsMode Mode, string? File)
{
    public const string ModeVariable = "JUSTHUNGRY_TLS";
    public const string FileVariable = "JUSTHUNGRY_TLS_FILE";
    public const string DefaultFile = "cluster-key.pem";

    public static string DefaultPath => Path.Combine(Home.Directory, DefaultFile);

    public static Typed<TlsOptions> Parse(string? mode, string? file)
    {
        string word = mode ?? Variable(ModeVariable) ?? "off";
        string? named = file ?? Variable(FileVariable);
        return word switch
        {
            "off" => new TlsOptions(TlsMode.Off, named),
            "optional" => new TlsOptions(TlsMode.Optional, named),
            "required" => new TlsOptions(TlsMode.Required, named),
            _ => new Wrong($"{(mode is null ? ModeVariable : "--tls")} {word}: expected off, optional or required."),
        };
    }

    /// <summary>Reads the file, as a process that must prove what it is.</summary>
    public Typed<LinkSecurity> Load(PeerIdentity self)
    {
        if (Mode == TlsMode.Off)
            return LinkSecurity.Off;
        try
        {
            return LinkSecurity.With(Mode, TlsCredentials.Load(File ?? DefaultPath, self, TimeProvider.System));
        }
        catch (FormatException e)
        {
            return new Wrong(e.Message);
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
