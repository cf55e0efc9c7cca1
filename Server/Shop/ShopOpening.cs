using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>The content of a group's entry 1: the first primary's catalogue, and the hash of the owner's key if there is one.</summary>
/// <param name="Products">1 to OrderLimits.ProductsMax products with distinct names, all valid by <see cref="Catalogue.FaultOf"/>.</param>
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
