using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Security;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli.Commands;

/// <summary>The options, as typed, of the menus and of every command of the CLI.</summary>
internal abstract class ShopCommandLine : NameServerCommandLine
{
    private const string FrontEndVariable = "JUSTHUNGRY_FRONT_END";
    private const int FrontEndsMax = 64;
    private const int RetriesMax = 1_000;
    private const double IntervalSecondsMax = 3_600;

    [Option("front-end", MetaValue = "H:P[,H:P]",
        HelpText = $"Where front ends listen. Then no name server is asked, and its port need not be open to you. Default: ${FrontEndVariable}.")]
    public string? FrontEndText { get; init; }

    [Option("profile", MetaValue = "FILE", HelpText = $"Who you are. Default: ${Home.Variable}/profile.json; made at first use.")]
    public string? ProfileText { get; init; }

    [Option("retries", Default = "5", MetaValue = "N", HelpText = "How often to ask again when no answer comes. After a lost connection, one more try is made at once.")]
    public string RetriesText { get; init; } = "5";

    [Option("retry-interval", Default = "5", MetaValue = "SECONDS", HelpText = "The time between two tries; decimals are allowed.")]
    public string RetryIntervalText { get; init; } = "5";

    [Option("switch-shop", HelpText = "Accept that another shop answers at this address than the one you have ordered from, because it was restored from a copy or begun anew.")]
    public bool TakesNewShop { get; init; }

    [Option("log-level", MetaValue = "LEVEL", HelpText = "Logs what happens to stderr: trace, debug, information, warning, error.")]
    public string? LogLevelText { get; init; }

    protected virtual bool AsJson => false;

    protected Typed<ShopOptions> ParseShop() =>
        from named in ParseFrontEnds()
        from nameServers in ParseNameServers(named)
        from @group in ParseGroup()
        let at = new ShopAddress(named?[0] ?? nameServers!.First, @group)
        from profile in ParseProfile()
        from retries in ParseRetries()
        from intervalMs in ParseIntervalMs()
        from security in ParseUserSecurity(profile, at)
        from level in LogLevelText is null ? Typed.Of<LogLevel?>(null) : DaemonLogging.ParseLevel(LogLevelText).Select(l => (LogLevel?)l)
        select new ShopOptions(
            new ClientSettings(at, new RetryPolicy(retries, intervalMs), TakesNewShop, named) { NameServers = nameServers }, profile, ProfileText is not null, level, AsJson, security);

    /// <summary>A user proves nothing, and trusts the certificate that was named, or what was met first.</summary>
    private Typed<LinkSecurity> ParseUserSecurity(string profile, ShopAddress at)
    {
        Typed<TlsOptions> tls = TlsOptions.Parse(TlsText, TlsFileText);
        if (tls.Mistake is not null)
            return new Wrong(tls.Mistake);
        if (tls.Value.Mode == TlsMode.Off)
            return LinkSecurity.Off;
        try
        {
            var met = new MetAuthorities(profile, at);
            return tls.Value.File is { } file
                ? LinkSecurity.With(tls.Value.Mode, TlsCredentials.Load(file, self: null, TimeProvider.System), met)
                : LinkSecurity.Meeting(tls.Value.Mode, met);
        }
        catch (FormatException e)
        {
            return new Wrong(e.Message);
        }
    }

    /// <summary>Null if front ends were named.</summary>
    private Typed<NameServerList?> ParseNameServers(IReadOnlyList<Endpoint>? named) =>
        named is not null ? Typed.Of<NameServerList?>(null) : ParseNameServer().Select(at => (NameServerList?)at.NameServers);

    /// <summary>Null if the name server is to be asked: an option goes before a variable.</summary>
    private Typed<IReadOnlyList<Endpoint>?> ParseFrontEnds()
    {
        if (FrontEndText is not null && NameServerText is not null)
            return new Wrong("--front-end and --name-server exclude each other.");
        string? text = FrontEndText ?? (NameServerText is null ? Environment.GetEnvironmentVariable(FrontEndVariable) : null);
        if (text is null || (FrontEndText is null && text.Length == 0))
            return Typed.Of<IReadOnlyList<Endpoint>?>(null);

        var named = new List<Endpoint>();
        foreach (string one in text.Split(',', StringSplitOptions.TrimEntries))
        {
            Typed<Endpoint> parsed = ParseEndpoint(FrontEndText is null ? FrontEndVariable : "--front-end", one);
            if (parsed.Mistake is { } mistake)
                return new Wrong(mistake);
            if (!named.Contains(parsed.Value))
                named.Add(parsed.Value);
        }

        return named.Count <= FrontEndsMax ? named : new Wrong($"--front-end: at most {FrontEndsMax} can be named.");
    }

    private Typed<string> ParseProfile() => ProfileText is { Length: 0 } ? new Wrong("--profile: expected a file name.") : ProfileText ?? ProfileFile.DefaultPath;

    private Typed<int> ParseRetries() =>
        int.TryParse(RetriesText, NumberStyles.None, CultureInfo.InvariantCulture, out int retries) && retries <= RetriesMax
            ? retries
            : new Wrong($"--retries {RetriesText}: expected a whole number from 0 to {RetriesMax}.");

    private Typed<long> ParseIntervalMs() =>
        double.TryParse(RetryIntervalText, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds <= IntervalSecondsMax
            ? (long)(seconds * 1000)
            : new Wrong($"--retry-interval {RetryIntervalText}: expected 0 to {IntervalSecondsMax} seconds.");
}

/// <summary>The options, as typed, of every command that prints an answer.</summary>
internal abstract class AnsweringCommandLine : ShopCommandLine
{
    [Option("json", HelpText = "Print the answer, or the refusal, as one line of JSON.")]
    public bool Json { get; init; }

    protected override bool AsJson => Json;
}

/// <summary>The settings of one run of the program.</summary>
/// <param name="IsProfileNamed">Whether the user named the profile, instead of using the default one.</param>
/// <param name="LogLevel">Null if nothing is logged.</param>
internal sealed record ShopOptions(ClientSettings Client, string ProfilePath, bool IsProfileNamed, LogLevel? LogLevel, bool AsJson, LinkSecurity Security);
