using System.Globalization;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Menus;

/// <summary>How many of a product, as typed.</summary>
internal static class Quantity
{
    /// <summary>What is wrong with it, in a sentence; null if nothing is.</summary>
    public static string? MistakeIn(string typed) =>
        TryParse(typed, out _) ? null : $"A quantity is a whole number from 1 to {OrderLimits.QuantityMax}.";

    /// <summary>Call after <see cref="MistakeIn"/> has found nothing.</summary>
    public static int Parse(string typed) => TryParse(typed, out int quantity) ? quantity : throw new FormatException(typed);

    private static bool TryParse(string typed, out int quantity) =>
        int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out quantity) && quantity is > 0 and <= OrderLimits.QuantityMax;
}
