namespace JustHungry.Server.Shop;

/// <summary>How much a primary lets the shop hold.</summary>
/// <param name="CustomersMax">Customers; after that, the first details of anybody else are refused.</param>
internal readonly record struct ShopLimits(int CustomersMax)
{
    /// <summary>Half a gigabyte of memory for their details alone (FillingTheShop measures it); what they order comes on top.</summary>
    public static ShopLimits Usual => new(1_000_000);
}
