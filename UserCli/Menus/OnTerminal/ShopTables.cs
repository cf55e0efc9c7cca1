using System.Globalization;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;
using Spectre.Console;
using Spectre.Console.Rendering;
using Label = Spectre.Console.Text;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>What the shop answers, as tables and panels; money has columns of its own, aligned to the right.</summary>
internal static class ShopTables
{
    /// <summary>From this width on, dates and deliveries fit on one line beside the items.</summary>
    private const int WideColumns = 100;

    public static IRenderable Details(CustomerDetails details)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(2, 0, 2, 0)).AddColumn();
        foreach ((string name, string value) in new[]
                 {
                     ("first name", details.FirstName), ("last name", details.LastName), ("phone", details.Phone), ("postcode", details.Postcode),
                     ("address", details.Address),
                 })
        {
            grid.AddRow(new Label(name, Looks.Quiet), new Label(value));
        }

        return grid;
    }

    /// <summary>The lines of an order, then delivery and tip, then the total.</summary>
    public static Table Bill(IEnumerable<OrderLine> lines, IEnumerable<(string What, Pence Cost)> extras, Pence total)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn("Item")
            .AddColumn("Quantity", c => c.RightAligned().NoWrap())
            .AddColumn("Each", c => c.RightAligned().NoWrap())
            .AddColumn("Cost", c => c.RightAligned().NoWrap());
        foreach (OrderLine line in lines)
            table.AddRow(new Label(line.Product), new Label(line.Quantity.ToString(CultureInfo.InvariantCulture)), Money(line.Price), Money(line.Total));
        foreach ((string what, Pence cost) in extras)
            table.AddRow(new Label(what), Label.Empty, Label.Empty, Money(cost));
        return table.AddRow(new Label("total", Looks.Total), Label.Empty, Label.Empty, new Label(total.ToString(), Looks.Total));
    }

    public static IEnumerable<(string What, Pence Cost)> Extras(Delivery delivery, Pence tip) =>
        [("delivery " + delivery.Description(), delivery.Price()), ("tip", tip)];

    public static IRenderable Receipt(Order order) =>
        new Panel(new Rows(
            new Label(ShopText.Placed(order), Looks.Good),
            Bill(order.Lines, Extras(order.Delivery, order.Tip), order.Total),
            new Label(ShopText.PlacedAt(order), Looks.Quiet)))
        {
            Header = new PanelHeader(" Receipt "),
            Border = BoxBorder.Rounded,
            Padding = new Padding(2, 0),
        };

    public static IRenderable Orders(IEnumerable<Order> orders, int columns)
    {
        bool isWide = columns >= WideColumns;
        Table table = new Table().RoundedBorder().ShowRowSeparators()
            .AddColumn("Order", c => c.RightAligned().NoWrap())
            .AddColumn("Status", c => c.NoWrap())
            .AddColumn("Placed", c => c.Width(isWide ? 16 : 10))
            .AddColumn("Items")
            .AddColumn("Delivery", c => c.Width(isWide ? 14 : 8))
            .AddColumn("Total", c => c.RightAligned().NoWrap());
        foreach (Order order in orders)
        {
            string items = string.Join('\n', order.Lines.Select(l => Sentences.Items([l])));
            table.AddRow(
                new Label(order.OrderId.ToString(CultureInfo.InvariantCulture)),
                new Label(order.Status.ToString(), order.Status == OrderStatus.Active ? Looks.Good : Looks.Quiet),
                new Label(ShopText.PlacedAt(order)),
                new Label(order.Tip == Pence.Zero ? items : $"{items}\ntip {order.Tip}"),
                new Label(order.Delivery.Description()),
                Money(order.Total));
        }

        return table;
    }

    private static Label Money(Pence amount) => new(amount.ToString());
}
