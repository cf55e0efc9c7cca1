using CommandLine;
using JustHungry.Protocol.Ids;
using JustHungry.UserCli.Connection;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>What every command of the shop's owner takes.</summary>
internal abstract class OwnerOptions : AnsweringOptions
{
    public const string KeyFileVariable = "JUSTHUNGRY_OWNER_KEY_FILE";

    private OwnerKey _key;

    [Option("owner-key-file", MetaValue = "FILE", HelpText = $"The file with the owner's key. Default: ${KeyFileVariable}.")]
    public string? OwnerKeyFileText { get; init; }

    /// <summary>Reads the key too: a command without it can't be meant.</summary>
    public override string? Validate() => base.Validate() ?? ReadKey() ?? MistakeInArguments();

    /// <summary>What is wrong with the command's own arguments, in a sentence; null: nothing.</summary>
    protected virtual string? MistakeInArguments() => null;

    /// <summary>Call after <see cref="Validate"/> has found nothing.</summary>
    protected OwnedShop ShopOf(CommandRun run) => new(run.Shop.Client, _key);

    private string? ReadKey()
    {
        string? file = OwnerKeyFileText ?? Environment.GetEnvironmentVariable(KeyFileVariable);
        string option = OwnerKeyFileText is null ? "$" + KeyFileVariable : "--owner-key-file";
        if (string.IsNullOrEmpty(file))
            return $"only the shop's owner can do that: name the file with the owner's key by --owner-key-file FILE or ${KeyFileVariable} (the log of the shop's first server says where it is).";

        try
        {
            if (new FileInfo(file).Length <= OwnerKey.FileBytesMax && OwnerKey.TryParse(File.ReadAllText(file), out _key))
                return null;
            return $"{option} {file}: this file holds no owner's key, which is 64 hexadecimal digits.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{option} {file}: {e.Message}";
        }
    }
}
