using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.UserCli.Connection;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>The options, as typed, of every command of the shop's owner.</summary>
internal abstract class OwnerCommandLine : AnsweringCommandLine
{
    public const string KeyFileVariable = "JUSTHUNGRY_OWNER_KEY_FILE";

    [Option("owner-key-file", MetaValue = "FILE", HelpText = $"The file with the owner's key. Default: ${KeyFileVariable}.")]
    public string? OwnerKeyFileText { get; init; }

    /// <summary>Reads the key too, since no command of the owner works without it.</summary>
    protected Typed<OwnerOptions> ParseOwner() =>
        from shop in ParseShop()
        from owner in ReadKey(shop)
        select owner;

    private Typed<OwnerOptions> ReadKey(ShopOptions shop)
    {
        string? file = OwnerKeyFileText ?? Environment.GetEnvironmentVariable(KeyFileVariable);
        string option = OwnerKeyFileText is null ? "$" + KeyFileVariable : "--owner-key-file";
        if (string.IsNullOrEmpty(file))
            return new Wrong($"only the shop's owner can do that: name the file with the owner's key by --owner-key-file FILE or ${KeyFileVariable} (the log of the shop's first server says where it is).");

        try
        {
            if (new FileInfo(file).Length <= OwnerKey.FileBytesMax && OwnerKey.TryParse(File.ReadAllText(file), out OwnerKey key))
                return new OwnerOptions(shop, file, key);
            return new Wrong($"{option} {file}: this file holds no owner's key, which is 64 hexadecimal digits.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Wrong($"{option} {file}: {e.Message}");
        }
    }
}

/// <summary>The shop, and the key of its owner with the file that holds it.</summary>
internal sealed record OwnerOptions(ShopOptions Shop, string KeyFile, OwnerKey Key)
{
    public OwnedShop ShopOf(CommandRun run) => new(run.Shop.Client, Key);
}
