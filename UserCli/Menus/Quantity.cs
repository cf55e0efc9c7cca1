using System.Globalization;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Menus;

/// <summary>How many of a product, as typed.</summary>
internal static class Quantity
{
    /// <summary>What is wrong with it, in a sentence; null if nothing is.</summary>
    /// <param name="inCart">How many there are in the cart: only those can be taken out, by a 0.</param>
    public static string? MistakeIn(string typed, int inCart) =>
        TryParse(typed, out int quantity) && (quantity > 0 || inCart > 0) ? null
        : $"A quantity is a whole number from 1 to {OrderLimits.QuantityMax}{(inCart > 0 ? "; 0 takes the product out" : "")}.";

    /// <summary>Call after <see cref="MistakeIn"/> has found nothing.</summary>
    public static int Parse(string typed) => TryParse(typed, out int quantity) ? quantity : throw new FormatException(typed);

    private static bool TryParse(string typed, out int quantity) =>
        int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out quantity) && quantity <= OrderLimits.QuantityMax;
}
