using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>What a shop opens with: the original system's sample catalogue, and the rules for any other.</summary>
internal static class Catalogue
{
    public const int StockMax = OrderLimits.StockMax;

    /// <summary>£1,000,000.</summary>
    public static long PricePenceMax => OrderLimits.PriceMax.Value;

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

    /// <summary>The name of a product's invalid field, as InvalidProduct gives it; null if all are valid.</summary>
    public static string? FieldAtFault(in Product product) =>
        !IsName(product.Name) ? "name"
        : product.Price.Value < 0 || product.Price.Value > PricePenceMax ? "price"
        : product.Stock is < 0 or > StockMax ? "stock"
        : null;

    public static RefusalAnswer? FirstFault(in Product product) => FieldAtFault(product) is { } field ? Invalid(field) : null;

    public static RefusalAnswer Invalid(string field) => new(AnswerCode.InvalidProduct, Field: field);

    public static bool IsName(string name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= OrderLimits.ProductNameCharsMax && name == name.Trim() && !name.Any(char.IsControl);

    /// <summary>What is wrong with a product, in words that complete "the product …"; null if nothing is.</summary>
    public static string? FaultOf(in Product product) =>
        string.IsNullOrWhiteSpace(product.Name) || product.Name != product.Name.Trim() || product.Name.Any(char.IsControl)
            ? "has a name that is empty, begins or ends with a space, or holds control characters"
        : product.Name.Length > OrderLimits.ProductNameCharsMax ? $"has a name of more than {OrderLimits.ProductNameCharsMax} characters"
        : product.Stock is < 0 or > StockMax ? $"has a stock that is not 0 to {StockMax}"
        : product.Price.Value < 0 || product.Price.Value > PricePenceMax ? $"has a price that is not 0 to {PricePenceMax} pence"
        : null;
}
