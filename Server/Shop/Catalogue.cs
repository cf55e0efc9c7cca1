using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>What a shop opens with: the sample of the system that this one follows, and the rules for any other.</summary>
internal static class Catalogue
{
    /// <summary>Far above any shop's need, and far enough below the range of int that cancelled orders can't overflow it.</summary>
    public const int StockMax = 1_000_000_000;

    /// <summary>£1,000,000: the most expensive order (100 lines of 10,000) then stays far below the range of long.</summary>
    public const long PricePenceMax = 100_000_000;

    public static IReadOnlyList<Product> Sample { get; } =
    [
        new("apple", 15, new Pence(199)),
        new("banana", 20, new Pence(55)),
        new("orange", 15, new Pence(79)),
        new("bread", 4, new Pence(225)),
        new("flour", 0, new Pence(455)),
        new("tomato", 17, new Pence(65)),
        new("kale", 6, new Pence(99)),
    ];

    /// <summary>What is wrong with a product, in words that complete "the product …"; null: nothing.</summary>
    public static string? FaultOf(in Product product) =>
        string.IsNullOrWhiteSpace(product.Name) || product.Name != product.Name.Trim() || product.Name.Any(char.IsControl)
            ? "has a name that is empty, begins or ends with a space, or holds control characters"
        : product.Name.Length > OrderLimits.ProductNameCharsMax ? $"has a name of more than {OrderLimits.ProductNameCharsMax} characters"
        : product.Stock is < 0 or > StockMax ? $"has a stock that is not 0 to {StockMax}"
        : product.Price.Value is < 0 or > PricePenceMax ? $"has a price that is not 0 to {PricePenceMax} pence"
        : null;
}
