using JustHungry.Protocol.Ordering;

namespace JustHungry.Simulator.Users;

/// <summary>An answer in one line of a trace.</summary>
internal static class AnswerText
{
    public static string Of(Answer? answer) => answer switch
    {
        null => "?",
        DetailsAnswer details => "details " + details.Details.FirstName,
        OrderAnswer order => "order " + Text(order.Order),
        ProductsAnswer products => "products " + string.Join(' ', products.Products.Select(p => $"{p.Name}*{p.Stock}")),
        CostAnswer cost => "cost " + cost.Total,
        OrdersAnswer orders => "orders " + string.Join("; ", orders.Orders.Select(Text)),
        ProductAnswer product => $"product {product.Product.Name} {product.Product.Stock} {product.Product.Price}",
        ShopOrdersAnswer orders => "shop's orders " + string.Join("; ", orders.Orders.Select(o => $"#{o.Number} {o.User} {Text(o.Order)}")),
        ShopReportAnswer report => $"report {report.Active} {report.Delivered} {report.Cancelled} {report.Takings}",
        RefusalAnswer refusal => $"{refusal.Reason} {refusal.Field}{refusal.Product} {refusal.Left}{refusal.Total}{(refusal.NotSent ? " not sent" : "")}",
        _ => answer.Code.ToString(),
    };

    private static string Text(Order order) => $"{order.OrderId} {order.Status} {string.Join(',', order.Lines.Select(l => l.Product + "*" + l.Quantity))}";
}
