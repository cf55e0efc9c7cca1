using System.Text;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>
/// What a user is about to order: each product once, in the order in which the products were first added, within the shop's limits.
/// </summary>
internal sealed class Cart
{
    /// <summary>
    /// An order must fit into a frame: on a longer one a front end would close the connection, however often it is sent. The rest of the
    /// frame is for ids and headers.
    /// </summary>
    private const int BytesMax = FrameLimits.UserBytesMax - 4 * 1024;

    private const int LineOverheadBytes = 16;

    private readonly List<CartLine> _lines = [];

    /// <summary>A cart with an order's items and quantities. Every order fits into a cart.</summary>
    public static Cart Of(Order order)
    {
        var cart = new Cart();
        foreach (OrderLine line in order.Lines)
            _ = cart.Add(line.Product, line.Quantity);
        return cart;
    }

    public IReadOnlyList<CartLine> Lines => _lines;

    public bool IsEmpty => _lines.Count == 0;

    public int QuantityOf(string product) => _lines.Find(l => l.Product == product).Quantity;

    /// <summary>Adds to the cart; quantities of the same product add up.</summary>
    /// <returns>Null, or why it was not added.</returns>
    public string? Add(string product, int quantity)
    {
        if (product.Length is 0 or > OrderLimits.ProductNameCharsMax)
            return $"a product's name has 1 to {OrderLimits.ProductNameCharsMax} characters";
        if (quantity < 1 || quantity > OrderLimits.QuantityMax || QuantityOf(product) + quantity > OrderLimits.QuantityMax)
            return $"a quantity is a whole number from 1 to {OrderLimits.QuantityMax}";

        int index = _lines.FindIndex(l => l.Product == product);
        if (index >= 0)
        {
            _lines[index] = new CartLine(product, _lines[index].Quantity + quantity);
            return null;
        }

        if (_lines.Count == OrderLimits.LinesMax || _lines.Append(new CartLine(product, quantity)).Sum(Bytes) > BytesMax)
            return $"an order has at most {OrderLimits.LinesMax} products: place this one first";
        _lines.Add(new CartLine(product, quantity));
        return null;
    }

    /// <summary>Changes how many of a product are wanted; 0 takes it out.</summary>
    /// <returns>Null, or why nothing was changed.</returns>
    public string? Set(string product, int quantity)
    {
        int index = _lines.FindIndex(l => l.Product == product);
        if (index < 0)
            return quantity == 0 ? null : Add(product, quantity);
        if (quantity is < 0 or > OrderLimits.QuantityMax)
            return $"a quantity is a whole number from 1 to {OrderLimits.QuantityMax}";
        if (quantity == 0)
            _lines.RemoveAt(index);
        else
            _lines[index] = new CartLine(product, quantity);
        return null;
    }

    public void Clear() => _lines.Clear();

    private static int Bytes(CartLine line) => Encoding.UTF8.GetByteCount(line.Product) + LineOverheadBytes;
}
