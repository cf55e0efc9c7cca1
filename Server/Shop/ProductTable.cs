using System.Text;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>The products by number, and those on sale by name.</summary>
internal sealed class ProductTable
{
    private readonly List<ProductRow> _rows = [];
    private readonly SortedDictionary<string, int> _onSale = new(StringComparer.Ordinal);

    public int Count => _rows.Count;

    public int CountOnSale => _onSale.Count;

    public ProductRow this[int number] => _rows[number];

    /// <summary>The number of a product that is on sale.</summary>
    public bool TryFind(string name, out int number) => _onSale.TryGetValue(name, out number);

    public void Set(int number, in Product product, bool retired)
    {
        Invariant.Check(number >= 0 && number <= _rows.Count, "products are numbered without gaps");
        Invariant.Check(product.Stock >= 0, "stock is never negative");
        if (number == _rows.Count)
            _rows.Add(default);
        else if (_onSale.TryGetValue(_rows[number].Name, out int named) && named == number)
            _onSale.Remove(_rows[number].Name);

        _rows[number] = new ProductRow(product.Name, product.Stock, product.Price, retired, Encoding.UTF8.GetByteCount(product.Name));
        if (!retired)
            _onSale[product.Name] = number;
    }

    public void SetStock(int number, int stock)
    {
        Invariant.Check(stock >= 0, "stock is never negative");
        _rows[number] = _rows[number] with { Stock = stock };
    }
}

/// <param name="NameBytes">The name's length in UTF-8, which it adds to an answer.</param>
internal readonly record struct ProductRow(string Name, int Stock, Pence Price, bool Retired, int NameBytes)
{
    public Product ToProduct() => new(Name, Stock, Price);
}
