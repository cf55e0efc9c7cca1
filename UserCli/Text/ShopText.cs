using System.Globalization;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Text;

/// <summary>What the shop answers, as text in columns.</summary>
internal static class ShopText
{
    public const string NoOrders = "You have no orders yet.";
    public const string NoActiveOrders = "You have no active orders.";

    public static void WriteProducts(TextWriter output, IReadOnlyList<Product> products)
    {
        var table = new TextTable(new("PRODUCT"), new("STOCK", IsRight: true), new("PRICE", IsRight: true));
        foreach (Product product in products)
            table.Add(product.Name, Stock(product), product.Price.ToString());
        table.WriteTo(output);
    }

    /// <summary>The same, with the numbers by which they are picked in a menu.</summary>
    public static void WriteNumberedProducts(TextWriter output, IReadOnlyList<Product> products)
    {
        var table = new TextTable(new("", IsRight: true), new("PRODUCT"), new("STOCK", IsRight: true), new("PRICE", IsRight: true));
        foreach ((int index, Product product) in products.Index())
            table.Add($"{index + 1}.", product.Name, Stock(product), product.Price.ToString());
        table.WriteTo(output);
    }

    public static void WriteCost(TextWriter output, IReadOnlyList<OrderLine> lines, Pence total)
    {
        TextTable table = NewBill();
        AddLines(table, lines);
        table.Add("total", "", "", total.ToString());
        table.WriteTo(output);
    }

    public static void WriteBill(TextWriter output, IReadOnlyList<OrderLine> lines, Delivery delivery, Pence tip, Pence total)
    {
        TextTable table = NewBill();
        AddLines(table, lines);
        table.Add("delivery " + delivery.Description(), "", "", delivery.Price().ToString());
        table.Add("tip", "", "", tip.ToString());
        table.Add("total", "", "", total.ToString());
        table.WriteTo(output);
    }

    public static void WriteReceipt(TextWriter output, Order order)
    {
        output.WriteLine(Placed(order));
        WriteBill(output, order.Lines, order.Delivery, order.Tip, order.Total);
    }

    public static string Placed(Order order) => $"Order {order.OrderId} is placed: {order.Delivery.Description()}, {order.Total} in all.";

    public static string Cancelled(Order order) => $"Order {order.OrderId} is cancelled.";

    public static void WriteOrders(TextWriter output, IReadOnlyList<Order> orders)
    {
        var table = new TextTable(
            new("ORDER", IsRight: true), new("STATUS"), new("DELIVERY"), new("TIP", IsRight: true), new("TOTAL", IsRight: true), new("PLACED"), new("ITEMS"));
        foreach (Order order in orders)
        {
            table.Add(
                order.OrderId.ToString(CultureInfo.InvariantCulture), order.Status.ToString(), order.Delivery.Description(), order.Tip.ToString(),
                order.Total.ToString(), PlacedAt(order), UnbrokenItems(order.Lines));
        }

        table.WriteTo(output);
    }

    private static string UnbrokenItems(IEnumerable<OrderLine> lines) => string.Join(", ", lines.Select(l => Sentences.Items([l]).Replace(' ', TextTable.UnbrokenSpace)));

    public static void WriteDetails(TextWriter output, CustomerDetails details) =>
        new TextTable(new(""), new(""))
            .Add("first name", details.FirstName)
            .Add("last name", details.LastName)
            .Add("phone", details.Phone)
            .Add("postcode", details.Postcode)
            .Add("address", details.Address)
            .WriteTo(output);

    private static TextTable NewBill() =>
        new(new("ITEM"), new("QUANTITY", IsRight: true), new("EACH", IsRight: true), new("COST", IsRight: true));

    private static void AddLines(TextTable table, IReadOnlyList<OrderLine> lines)
    {
        foreach (OrderLine line in lines)
            table.Add(line.Product, line.Quantity.ToString(CultureInfo.InvariantCulture), line.Price.ToString(), line.Total.ToString());
    }

    public static string Stock(Product product) => product.Stock > 0 ? product.Stock.ToString(CultureInfo.InvariantCulture) : "out of stock";

    /// <summary>When the order was placed, in the user's own time zone.</summary>
    public static string PlacedAt(Order order) =>
        DateTimeOffset.FromUnixTimeSeconds(order.PlacedAt).ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
