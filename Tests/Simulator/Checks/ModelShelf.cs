using JustHungry.Protocol.Ordering;

namespace JustHungry.Simulator.Checks;

/// <summary>
/// The products that the model's shop sells or has sold. A product's place in the list never changes; a retired product keeps its place and
/// its stock.
/// </summary>
internal sealed class ModelShelf
{
    private readonly List<ModelProduct> _products =
    [
        new("apple", 15, 199), new("banana", 20, 55), new("orange", 15, 79), new("bread", 4, 225), new("flour", 0, 455), new("tomato", 17, 65), new("kale", 6, 99),
    ];

    public int Count => _products.Count;

    public ModelProduct this[int place]
    {
        get => _products[place];
        set => _products[place] = value;
    }

    /// <summary>The place of a product that is on sale; negative if it is not.</summary>
    public int Find(string name) => _products.FindIndex(p => !p.IsRetired && p.Name == name);

    public void Add(ModelProduct product) => _products.Add(product);

    public void RemoveLast() => _products.RemoveAt(_products.Count - 1);

    public bool IsShownAs(IReadOnlyList<Product> shown) => shown.SequenceEqual(_products.Where(p => !p.IsRetired).Select(p => p.Shown));

    public void Mix(Action<ulong> mix)
    {
        foreach (ModelProduct product in _products)
        {
            mix(Number(product.Name));
            mix((ulong)product.Stock);
            mix((ulong)product.Pence * (product.IsRetired ? 2u : 1u));
        }
    }

    public static ulong Number(string text) => text.Aggregate(7ul, (sum, c) => (sum * 31) + c);
}

/// <summary>A product of the model's shop.</summary>
internal readonly record struct ModelProduct(string Name, int Stock, long Pence, bool IsRetired = false)
{
    public Product Shown => new(Name, Stock, new Pence(Pence));
}

/// <summary>A line of an order in the model's shop: the product, given by its place, at the price when it was ordered.</summary>
internal readonly record struct ModelLine(int Place, int Quantity, long Pence);

/// <summary>An order in the model's shop.</summary>
internal sealed record ModelOrder(int OrderId, OrderDraft Draft, IReadOnlyList<ModelLine> Lines, OrderStatus Status)
{
    public Pence LinesTotal => new(Lines.Sum(l => l.Pence * l.Quantity));

    public Pence Total => LinesTotal + Draft.Delivery.Price() + Draft.Tip;

    public bool IsShownAs(Order order, ModelShelf shelf) =>
        order.OrderId == OrderId && order.Status == Status && order.Total == Total && order.Delivery == Draft.Delivery && order.Tip == Draft.Tip &&
        order.Lines.SequenceEqual(Lines.Select(l => new OrderLine(shelf[l.Place].Name, l.Quantity, new Pence(l.Pence))));
}
