using System.Globalization;
using System.Text.Json;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Text;

/// <summary>
/// What the owner's commands print with --json, in addition to <see cref="ShopJson"/>. The same rule holds: fields may be added, never
/// changed.
/// </summary>
internal static class OwnerJson
{
    /// <summary><c>{number, userId, customer: {firstName, …} or null, …an order's fields}</c>.</summary>
    public static void WriteShopOrder(Utf8JsonWriter json, ShopOrder order)
    {
        json.WriteStartObject();
        json.WriteNumber("number", order.Number.Value);
        json.WriteString("userId", order.User.ToString());
        json.WritePropertyName("customer");
        if (order.Customer is { } customer)
            ShopJson.WriteDetails(json, customer);
        else
            json.WriteNullValue();
        ShopJson.WriteOrderFields(json, order.Order);
        json.WriteEndObject();
    }

    /// <summary>
    /// <c>{since, active, delivered, cancelled, takings, tips, deliveries, products: [{product, quantity, takings}]}</c>; since is null
    /// if all orders are counted.
    /// </summary>
    public static void WriteReport(Utf8JsonWriter json, ShopReportAnswer report, DateTimeOffset? since, int top)
    {
        json.WriteStartObject();
        json.WriteString("since", since?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteNumber("active", report.Active);
        json.WriteNumber("delivered", report.Delivered);
        json.WriteNumber("cancelled", report.Cancelled);
        json.WriteNumber("takings", report.Takings.Value);
        json.WriteNumber("tips", report.Tips.Value);
        json.WriteNumber("deliveries", report.Deliveries.Value);
        json.WriteStartArray("products");
        foreach (ProductSales sales in report.Products.Take(top))
        {
            json.WriteStartObject();
            json.WriteString("product", sales.Product);
            json.WriteNumber("quantity", sales.Quantity);
            json.WriteNumber("takings", sales.Takings.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
