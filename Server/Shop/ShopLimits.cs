namespace JustHungry.Server.Shop;

/// <summary>How much a primary lets the shop hold.</summary>
/// <param name="CustomersMax">Customers who have ordered, and stay; after that, the first details of anybody else are refused.</param>
/// <param name="GuestsMax">Customers who have never ordered; after that, each new one makes the one be forgotten who did something longest ago.</param>
internal readonly record struct ShopLimits(int CustomersMax, int GuestsMax)
{
    /// <summary>Half a gigabyte of memory for their details alone (FillingTheShop measures it); what they order comes on top. Those who never order come on top too.</summary>
    public static ShopLimits Usual => new(1_000_000, 64 * 1024);
}
