using System.Globalization;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Text;

/// <summary>What the shop's owner sees, as text: a ticket for each order, and the report.</summary>
internal static class OwnerText
{
    public const string NoOrders = "There are no orders.";
    public const string NothingToCook = "There is nothing to cook.";

    /// <summary>How much of a user's id a ticket shows: enough to tell a million users apart.</summary>
    private const int UserDigits = 8;

    private const string Indent = "    ";

    /// <summary>The beginning of a user's id: what 'user shop complete' takes.</summary>
    public static string Short(UserId user) => user.ToString()[..UserDigits];

    /// <summary>The ticket's first line, which begins with what 'user shop complete' takes, and the lines below it.</summary>
    public static (string Head, IReadOnlyList<string> Lines) Ticket(ShopOrder order, DateTimeOffset now)
    {
        string since = order.Order.Status == OrderStatus.Active ? $"waits {Waits(order.Order, now)}, since" : $"{order.Order.Status}, of";
        string head =
            $"{Short(order.User)} {order.Order.OrderId}  {since} {ShopText.PlacedAt(order.Order)}, {order.Order.Delivery.Description()}, {order.Order.Total}";
        List<string> lines = [Indent + Sentences.Items(order.Order.Lines)];
        if (order.Customer is { } customer)
        {
            lines.Add($"{Indent}{customer.FirstName} {customer.LastName}, {customer.Phone}");
            lines.Add($"{Indent}{customer.Address}, {customer.Postcode}");
        }

        return (head, lines);
    }

    public static void WriteTickets(TextWriter output, IReadOnlyList<ShopOrder> orders, DateTimeOffset now)
    {
        foreach ((int index, ShopOrder order) in orders.Index())
        {
            (string head, IReadOnlyList<string> lines) = Ticket(order, now);
            if (index > 0)
                output.WriteLine();
            output.WriteLine(head);
            foreach (string line in lines)
                output.WriteLine(line);
        }
    }

    public static void WriteReport(TextWriter output, ShopReportAnswer report, DateTimeOffset? since, int top)
    {
        string from = since is { } time ? $" since {time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}" : "";
        int orders = report.Active + report.Delivered + report.Cancelled;
        output.WriteLine($"{Grouped(orders)} order{(orders == 1 ? "" : "s")}{from}: {Grouped(report.Active)} active, {Grouped(report.Delivered)} delivered, {Grouped(report.Cancelled)} cancelled.");
        output.WriteLine($"Takings {Grouped(report.Takings)}, cancelled orders left out; of them {Grouped(report.Deliveries)} for deliveries and {Grouped(report.Tips)} in tips.");
        if (report.Products.Count == 0)
            return;

        output.WriteLine();
        var table = new TextTable(new("PRODUCT"), new("SOLD", IsRight: true), new("TAKINGS", IsRight: true));
        foreach (ProductSales sales in report.Products.Take(top))
            table.Add(sales.Product, Grouped(sales.Quantity), Grouped(sales.Takings));
        table.WriteTo(output);
        if (report.Products.Count > top)
            output.WriteLine($"… and {report.Products.Count - top} more: see --top");
    }

    /// <summary>With separators for thousands: a year's takings are hard to read without.</summary>
    private static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Grouped(Pence amount) => (amount.Value / 100m).ToString("£#,0.00", CultureInfo.InvariantCulture);

    /// <summary>How long an order has been waiting, by the owner's own clock.</summary>
    private static string Waits(Order order, DateTimeOffset now)
    {
        TimeSpan waited = now - DateTimeOffset.FromUnixTimeSeconds(order.PlacedAt);
        return waited.TotalMinutes < 1 ? "a moment"
            : waited.TotalHours < 1 ? $"{(int)waited.TotalMinutes} min"
            : waited.TotalDays < 1 ? $"{(int)waited.TotalHours} h {waited.Minutes} min"
            : (int)waited.TotalDays == 1 ? "1 day"
            : $"{(int)waited.TotalDays} days";
    }
}
