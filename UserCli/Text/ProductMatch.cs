using System.Globalization;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Text;

/// <summary>Finds the product that somebody typed.</summary>
internal static class ProductMatch
{
    /// <summary>
    /// Finds it by its name, exactly or ignoring case, or by its number in the list, counted from 1; null if there is none.
    /// </summary>
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
