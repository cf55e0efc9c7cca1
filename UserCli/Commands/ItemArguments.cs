using System.Globalization;
using JustHungry.Protocol.Commands;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Commands;

/// <summary>Reads <c>--item NAME=QTY</c>. The last '=' separates the two, so a name may contain one.</summary>
internal static class ItemArguments
{
    public const string Expected = "expected NAME=QTY, for example apple=2";

    /// <summary>Makes a cart of the items.</summary>
    public static Typed<Cart> Parse(IEnumerable<string> items)
    {
        var cart = new Cart();
        foreach (string item in items)
        {
            int equals = item.LastIndexOf('=');
            if (equals <= 0)
                return new Wrong($"--item {item}: {Expected}.");
            if (!int.TryParse(item.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int quantity) || quantity == 0)
                return new Wrong($"--item {item}: the quantity must be a whole number above 0.");
            if (cart.Add(item[..equals], quantity) is { } mistake)
                return new Wrong($"--item {item}: {mistake}.");
        }

        return cart.IsEmpty ? new Wrong($"--item: {Expected}.") : cart;
    }
}
