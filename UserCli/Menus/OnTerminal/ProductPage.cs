using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Text;
using Spectre.Console;
using Spectre.Console.Rendering;
using Label = Spectre.Console.Text;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>
/// The products with the cart beside them, while products are picked. What is out of stock is shown but can't be chosen. Long lists and
/// carts are cut to the terminal's height.
/// </summary>
internal sealed class ProductPage
{
    private const string Keys = "↑↓ move · enter picks or changes · a letter jumps · esc leaves · ctrl-D quits";

    /// <summary>A cart beside the products needs this many columns; otherwise it is shown below them.</summary>
    private const int BesideColumns = 72;

    private const int CartColumnsMin = 30;
    private const int CartColumnsMax = 44;
    private const int StockColumns = 12;
    private const int PriceColumns = 10;

    /// <summary>Everything but the products: headings, the two ways out, three empty lines, "more" above and below, the last two lines.</summary>
    private const int OtherRows = 10;

    private const int ProductRowsMin = 3;

    private readonly IAnsiConsole _console;
    private readonly IReadOnlyList<Product> _products;
    private readonly Cart _cart;
    private readonly Pence _total;

    public ProductPage(IAnsiConsole console, IReadOnlyList<Product> products, Cart cart, string? startAt)
    {
        _console = console;
        _products = products;
        _cart = cart;
        _total = cart.Lines.Aggregate(Pence.Zero, (sum, line) => sum + PriceOf(line.Product) * line.Quantity);
        int start = startAt is null ? 0 : Math.Max(0, products.ToList().FindIndex(p => p.Name == startAt));
        Menu = new ListMenu(
            [
                .. products.Select(p => new ListRow(p.Name, p.Stock > 0)),
                new ListRow("Check out", !cart.IsEmpty),
                new ListRow("Leave without ordering"),
            ],
            start);
    }

    public ListMenu Menu { get; }

    public ProductPick Picked =>
        Menu.Chosen < _products.Count ? new ProductPick(PickAct.Add, _products[Menu.Chosen])
        : Menu.Chosen == _products.Count ? new ProductPick(PickAct.CheckOut)
        : new ProductPick(PickAct.Leave);

    /// <param name="bottom">A question about the chosen product, instead of what the keys do.</param>
    public IRenderable Draw(IRenderable? bottom = null)
    {
        int columns = _console.Profile.Width;
        bool isBeside = columns >= BesideColumns;
        int cartColumns = isBeside ? Math.Clamp(columns * 2 / 5, CartColumnsMin, CartColumnsMax) : columns;
        int shelfRows = Math.Max(ProductRowsMin, _console.Profile.Height - OtherRows - (isBeside ? 0 : Math.Min(_cart.Lines.Count, ProductRowsMin) + 4));
        IRenderable shelf = Shelf(isBeside ? columns - cartColumns - 2 : columns, shelfRows);
        IRenderable cart = CartPanel(cartColumns, isBeside ? shelfRows : ProductRowsMin);
        IRenderable both = isBeside
            ? new Grid().AddColumn(new GridColumn().Padding(0, 0, 2, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0)).AddRow(shelf, cart)
            : new Rows(shelf, cart);
        return new Rows(both, Label.Empty, bottom ?? new Label(Looks.Fit(Keys, columns - 1), Looks.Quiet));
    }

    private Rows Shelf(int columns, int height)
    {
        int nameColumns = Math.Max(8, columns - StockColumns - PriceColumns - 2);
        List<IRenderable> rows = [Label.Empty, Row(nameColumns, "  ", "PRODUCT", "STOCK", "PRICE", Looks.Quiet)];
        (int from, int to) = (Menu.InSight(_products.Count, height).Start.Value, Menu.InSight(_products.Count, height).End.Value);
        if (from > 0)
            rows.Add(new Label($"  ↑ {from} more", Looks.Quiet));
        for (int i = from; i < to; i++)
        {
            Product product = _products[i];
            Style style = product.Stock == 0 ? Looks.Quiet : i == Menu.Chosen ? Looks.Chosen : Style.Plain;
            rows.Add(Row(nameColumns, Pointer(i), product.Name, ShopText.Stock(product), product.Price.ToString(), style));
        }

        if (to < _products.Count)
            rows.Add(new Label($"  ↓ {_products.Count - to} more", Looks.Quiet));
        rows.Add(Label.Empty);
        rows.Add(WayOut(_products.Count, _cart.IsEmpty ? "Check out (the cart is empty)" : $"Check out ({_total})", !_cart.IsEmpty));
        rows.Add(WayOut(_products.Count + 1, "Leave without ordering", true));
        return new Rows(rows);
    }

    private Label WayOut(int row, string label, bool canBePicked) =>
        new(Pointer(row) + label, row == Menu.Chosen ? Looks.Chosen : canBePicked ? Style.Plain : Looks.Quiet);

    private string Pointer(int row) => row == Menu.Chosen ? Looks.Pointer(_console) : "  ";

    private static Label Row(int nameColumns, string pointer, string name, string stock, string price, Style style) =>
        new(pointer + Pad(name, nameColumns) + stock.PadLeft(StockColumns) + price.PadLeft(PriceColumns), style);

    private Panel CartPanel(int columns, int height)
    {
        int inner = columns - 4; // the frame and one space each side
        List<IRenderable> rows = [];
        int shown = Math.Min(_cart.Lines.Count, _cart.Lines.Count > height ? height - 1 : height);
        if (shown < _cart.Lines.Count)
            rows.Add(new Label($"… {_cart.Lines.Count - shown} more", Looks.Quiet));
        foreach (CartLine line in _cart.Lines.Skip(_cart.Lines.Count - shown))
            rows.Add(CartRow(inner, Sentences.Items([line]), PriceOf(line.Product) * line.Quantity, Style.Plain));
        if (_cart.IsEmpty)
            rows.Add(new Label("nothing yet", Looks.Quiet));
        else
            rows.Add(CartRow(inner, "total so far", _total, Looks.Total));
        return new Panel(new Rows(rows)) { Header = new PanelHeader(" Your cart "), Border = BoxBorder.Rounded, Width = columns };
    }

    private static Label CartRow(int columns, string what, Pence cost, Style style)
    {
        string money = cost.ToString();
        return new Label(Pad(what, columns - money.Length - 1) + " " + money, style);
    }

    /// <summary>Fits the text into exactly the given number of columns; a wide character takes two.</summary>
    private static string Pad(string text, int columns)
    {
        string fitted = Looks.Fit(text, columns);
        return fitted + new string(' ', Math.Max(0, columns - new Segment(fitted).CellCount()));
    }

    private Pence PriceOf(string name) => _products.FirstOrDefault(p => p.Name == name).Price;
}
