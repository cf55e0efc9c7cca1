using JustHungry.Protocol.Ids;

namespace JustHungry.UserCli.Client;

/// <summary>Where a shop is found: a door and one of the groups behind it. The same group behind another door is another shop.</summary>
/// <param name="Door">The name server, or the first of the front ends that the user named instead.</param>
internal readonly record struct ShopAddress(Endpoint Door, string Group)
{
    public override string ToString() => $"group {Group} at {Door}";
}

/// <summary>A shop that answered this profile before: which one it was, and where its front ends were, for when the name server is away.</summary>
/// <param name="Cluster">
/// Identifies the shop itself, whatever its address. If it changes at the same address, another shop has taken its place.
/// </param>
internal sealed record KnownShop(ShopAddress At, ClusterId Cluster, IReadOnlyList<Endpoint> FrontEnds)
{
    public bool Equals(KnownShop? other) => other is not null && At == other.At && Cluster == other.Cluster && FrontEnds.SequenceEqual(other.FrontEnds);

    public override int GetHashCode() => HashCode.Combine(At, Cluster, FrontEnds.Count);
}
