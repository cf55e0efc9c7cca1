using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Hosting;

/// <summary>The command line of <c>server</c> as typed.</summary>
internal sealed class ServerCommandLine : RegisteredDaemonCommandLine
{
    private const string MaxCustomersVariable = "JUSTHUNGRY_MAX_CUSTOMERS";

    [Value(0, MetaName = "ID", HelpText = "What this replica is called: 1 to 32 letters, digits, dots and hyphens.")]
    public string? IdText { get; init; }

    [Option("data-dir", MetaValue = "DIR", HelpText = "Where its disk is. Default: GROUP/server-ID in $JUSTHUNGRY_HOME.")]
    public string? DataDirectory { get; init; }

    [Option("ephemeral", HelpText = "Keep the disk in a temporary directory; at each start it is a new replica.")]
    public bool IsEphemeral { get; init; }

    [Option("copy-to", MetaValue = "DIR", HelpText = "Don't serve: copy this server's data to DIR, whole and consistent, while it may be running.")]
    public string? CopyTo { get; init; }

    [Option("restore-from", MetaValue = "DIR", HelpText = "Don't serve: make this server's data of a copy, as the beginning of a new group. 'nameserver repair' follows.")]
    public string? RestoreFrom { get; init; }

    [Option("json", HelpText = "With --copy-to and --restore-from: print JSON.")]
    public bool Json { get; init; }

    [Option("catalogue", MetaValue = "FILE", HelpText = "What a new shop sells, as JSON: [{\"name\", \"stock\", \"price\" in pence}].")]
    public string? Catalogue { get; init; }

    [Option("owner-key-file", MetaValue = "FILE",
        HelpText = "The key of a new shop's owner; made there if it is not there. Default: owner-key in the first primary's data directory.")]
    public string? OwnerKeyFile { get; init; }

    [Option("reset-owner-key", HelpText = "The owner's key is lost: when this server leads and does not have it, it gives the shop a new one, kept where --owner-key-file says.")]
    public bool ResetsOwnerKey { get; init; }

    [Option("postcodes", Default = PostcodeServices.Default, MetaValue = "URL", HelpText = "The postcode service, or 'offline' to check the format only.")]
    public string Postcodes { get; init; } = PostcodeServices.Default;

    [Option("max-customers", MetaValue = "N",
        HelpText = "How many customers the shop may have while this server is primary; somebody new is then refused. Default: $JUSTHUNGRY_MAX_CUSTOMERS, else 1000000.")]
    public string? MaxCustomersText { get; init; }

    public Typed<ServerOptions> Parse() =>
        from id in ParseId()
        from daemon in ParseDaemon(Role.Replica, id.Value, registers: (CopyTo ?? RestoreFrom) is null)
        from _ in Typed.Unless(
            IsEphemeral && DataDirectory is not null ? "--ephemeral and --data-dir exclude each other."
            : CopyTo is not null && RestoreFrom is not null ? "--copy-to and --restore-from exclude each other."
            : IsEphemeral && (CopyTo ?? RestoreFrom) is not null ? "an ephemeral server's data can't be copied or restored: say --data-dir DIR."
            : ResetsOwnerKey && (CopyTo ?? RestoreFrom) is not null ? "--reset-owner-key goes with a server that serves."
            : Json && (CopyTo ?? RestoreFrom) is null ? "--json goes with --copy-to and --restore-from only."
            : null)
        from postcodes in PostcodeServices.Parse(Postcodes)
        from customersMax in ParseMaxCustomers()
        select new ServerOptions(daemon)
        {
            Id = id,
            DataDirectory = DataDirectory,
            IsEphemeral = IsEphemeral,
            CopyTo = CopyTo,
            RestoreFrom = RestoreFrom,
            Json = Json,
            Catalogue = Catalogue,
            OwnerKeyFile = OwnerKeyFile,
            ResetsOwnerKey = ResetsOwnerKey,
            Postcodes = postcodes,
            Shop = ShopLimits.Usual with { CustomersMax = customersMax },
        };

    private Typed<int> ParseMaxCustomers()
    {
        string? text = MaxCustomersText ?? Environment.GetEnvironmentVariable(MaxCustomersVariable);
        string option = MaxCustomersText is null ? MaxCustomersVariable : "--max-customers";
        return text is null or "" ? ShopLimits.Usual.CustomersMax
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int customers) && customers > 0 ? customers
            : new Wrong($"{option} {text}: expected a whole number from 1 to {int.MaxValue}.");
    }

    private Typed<ReplicaId> ParseId() =>
        IdText is null ? new Wrong("say which replica this is, for example 'server 1'.")
        : !ReplicaId.IsValid(IdText) ? new Wrong($"'{IdText}' is no replica id: 1 to {ReplicaId.CharsMax} letters, digits, dots and hyphens, a letter or digit first.")
        : new ReplicaId(IdText);
}

/// <summary>The settings of a server, or of a copy or restoration.</summary>
internal sealed record ServerOptions : RegisteredDaemonOptions
{
    [SetsRequiredMembers]
    public ServerOptions(RegisteredDaemonOptions daemon) : base(daemon)
    {
    }

    public ReplicaId Id { get; init; }

    /// <summary>As typed; null: the default directory.</summary>
    public string? DataDirectory { get; init; }

    public bool IsEphemeral { get; init; }

    /// <summary>Null unless the command is a copy.</summary>
    public string? CopyTo { get; init; }

    /// <summary>Null unless the command is a restoration.</summary>
    public string? RestoreFrom { get; init; }

    public bool Json { get; init; }

    public CommandAnswer Answer => new("server", Json);

    public string? Catalogue { get; init; }

    public string? OwnerKeyFile { get; init; }

    public bool ResetsOwnerKey { get; init; }

    /// <summary>How much the shop may hold while this server is primary.</summary>
    public ShopLimits Shop { get; init; } = ShopLimits.Usual;

    /// <summary>The postcode service; null: postcodes are checked offline.</summary>
    public Uri? Postcodes { get; init; }

    /// <summary>Where this server's data is, unless it is ephemeral.</summary>
    public string DataPath => Path.GetFullPath(DataDirectory ?? Storage.DataDirectory.DefaultPath(Group, Id));
}
