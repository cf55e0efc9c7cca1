using JustHungry.Protocol.Ids;

namespace JustHungry.Protocol.Names;

/// <summary>What the processes of a group are called at the name server, and what a name may look like.</summary>
public static class NameRules
{
    public const string DefaultGroup = "JH_orders";
    public const int GroupCharsMax = 64;
    public const int NameCharsMax = 128;
    public const int MetadataCharsMax = 128;
    public const int MetadataCountMax = 16;

    /// <summary>The oldest live front end has this name in addition to its own.</summary>
    public const string FrontEnd = "JH-front-end";

    public const string BackendMetadata = "backend";
    public const string FrontEndMetadata = "front-end";

    private const string IdPrefix = "id:";
    private const string GroupPrefix = "group:";

    public static string Replica(string group, ReplicaId id) => $"backend.{group}_{id}";

    public static string FrontEndOf(BootId boot) => $"{FrontEnd}.{boot}";

    /// <summary>Whether a name is one that only front ends have.</summary>
    public static bool IsFrontEnd(string name) => name == FrontEnd || (name?.StartsWith(FrontEnd + ".", StringComparison.Ordinal) ?? false);

    public static string GroupMetadata(string group) => GroupPrefix + group;

    public static string IdMetadata(ReplicaId id) => IdPrefix + id;

    /// <summary>
    /// Which replica a registration is for. The metadata says so; the name is only for people. Null if it is not a replica's.
    /// </summary>
    public static ReplicaId? TryReadId(IReadOnlyList<string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        foreach (string item in metadata)
        {
            if (item.StartsWith(IdPrefix, StringComparison.Ordinal))
                return ReplicaId.IsValid(item[IdPrefix.Length..]) ? new ReplicaId(item[IdPrefix.Length..]) : null;
        }

        return null;
    }

    /// <summary>Which group a registration belongs to; null if its metadata does not say.</summary>
    public static string? TryReadGroup(IReadOnlyList<string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return metadata.FirstOrDefault(m => m.StartsWith(GroupPrefix, StringComparison.Ordinal))?[GroupPrefix.Length..];
    }

    /// <summary>Whether metadata say that a name belongs to another group. Some names belong to none.</summary>
    public static bool IsOfAnother(string group, IReadOnlyList<string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return metadata.Any(m => m.StartsWith(GroupPrefix, StringComparison.Ordinal) && m != GroupMetadata(group));
    }

    public static bool IsGroup(string? text) =>
        text is { Length: >= 1 and <= GroupCharsMax } && char.IsAsciiLetterOrDigit(text[0]) &&
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>A name: 1 to 128 printable ASCII characters without spaces.</summary>
    public static bool IsName(string? text) => text is { Length: >= 1 and <= NameCharsMax } && text.All(c => c is > ' ' and <= '~');

    public static bool IsMetadata(string? text) => text is { Length: >= 1 and <= MetadataCharsMax } && text.All(c => c is >= ' ' and <= '~');
}
