using System.Globalization;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Text;

/// <summary>Finds the product that somebody typed.</summary>
internal static class ProductMatch
{
    /// <summary>By its name, exactly or in other capitals, or by its number in the list from 1; null: none.</summary>
    public static Product? Find(IReadOnlyList<Product> products, string typed)
    {
        foreach (StringComparison comparison in (ReadOnlySpan<StringComparison>)[StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase])
        {
            foreach (Product product in products)
            {
                if (string.Equals(product.Name, typed, comparison))
                    return product;
            }
        }

        return int.TryParse(typed.TrimEnd('.'), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= products.Count
            ? products[number - 1]
            : null;
    }

    public static string? Near(IReadOnlyList<Product> products, string typed) => Nearest.To(typed, products.Select(p => p.Name));
}
