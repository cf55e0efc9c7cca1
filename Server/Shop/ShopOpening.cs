using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>What entry 1 of a group does: the first primary's catalogue, and the hash of the owner's key if it was given one.</summary>
/// <param name="Products">At least one, at most OrderLimits.ProductsMax, no name twice, each without fault by <see cref="Catalogue.FaultOf"/>.</param>
internal sealed record ShopOpening(IReadOnlyList<Product> Products, KeyHash? OwnerKey)
{
    public static ShopOpening Sample { get; } = new(Catalogue.Sample, null);

    public void WriteTo(IShopTables tables)
    {
        if (OwnerKey is { } key)
            tables.SetOwnerKey(key);
        for (int i = 0; i < Products.Count; i++)
            tables.SetProduct(i, Products[i], retired: false);
    }
}
