using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Text;

/// <summary>
/// What commands print with --json: one value on one line of stdout. Scripts rely on these formats; fields may be added, never
/// changed. Money is integer pence.
/// </summary>
internal static class ShopJson
{
    // The output is not for HTML, so £ and × stay readable.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{name, stock, price}</c>.</summary>
    public static void WriteProduct(Utf8JsonWriter json, Product product)
    {
        json.WriteStartObject();
        json.WriteString("name", product.Name);
        json.WriteNumber("stock", product.Stock);
        json.WriteNumber("price", product.Price.Value);
        json.WriteEndObject();
    }

    /// <summary><c>{orderId, status, delivery, tip, total, lines: [{product, quantity, price}], placedAt}</c>: price of one; placedAt in UTC.</summary>
    public static void WriteOrder(Utf8JsonWriter json, Order order)
    {
        json.WriteStartObject();
        WriteOrderFields(json, order);
        json.WriteEndObject();
    }

    public static void WriteOrderFields(Utf8JsonWriter json, Order order)
    {
        json.WriteNumber("orderId", order.OrderId);
        json.WriteString("status", order.Status.ToString());
        json.WriteString("delivery", order.Delivery.Word());
        json.WriteNumber("tip", order.Tip.Value);
        json.WriteNumber("total", order.Total.Value);
        WriteLines(json, order.Lines);
        json.WriteString(
            "placedAt", DateTimeOffset.FromUnixTimeSeconds(order.PlacedAt).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
    }

    /// <summary><c>{lines: [{product, quantity, price}], total}</c>.</summary>
    public static void WriteCost(Utf8JsonWriter json, CostAnswer cost)
    {
        json.WriteStartObject();
        WriteLines(json, cost.Lines);
        json.WriteNumber("total", cost.Total.Value);
        json.WriteEndObject();
    }

    /// <summary><c>{firstName, lastName, phone, postcode, address}</c>.</summary>
    public static void WriteDetails(Utf8JsonWriter json, CustomerDetails details)
    {
        json.WriteStartObject();
        json.WriteString("firstName", details.FirstName);
        json.WriteString("lastName", details.LastName);
        json.WriteString("phone", details.Phone);
        json.WriteString("postcode", details.Postcode);
        json.WriteString("address", details.Address);
        json.WriteEndObject();
    }

    /// <summary><c>{error, message, field?, product?, left?, total?}</c>: with the fields that the error has.</summary>
    public static void WriteRefusal(Utf8JsonWriter json, RefusalAnswer refusal, string message)
    {
        json.WriteStartObject();
        json.WriteString("error", refusal.Reason.ToString());
        json.WriteString("message", message);
        if (refusal.Field is { } field)
            json.WriteString("field", field);
        if (refusal.Product is { } product)
            json.WriteString("product", product);
        if (refusal.Left is { } left)
            json.WriteNumber("left", left);
        if (refusal.Total is { } total)
            json.WriteNumber("total", total.Value);
        json.WriteEndObject();
    }

    /// <summary><c>{error: "Unavailable" | "OutcomeUnknown" | "OtherShop", message, requestId}</c>; requestId is null for retrievals.</summary>
    public static void WriteUnavailable(Utf8JsonWriter json, UnavailableException unavailable) =>
        WriteError(json, unavailable.Error, unavailable.Message, unavailable.RequestId);

    public static void WriteError(Utf8JsonWriter json, string error, string message, RequestId requestId)
    {
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteString("message", message);
        if (requestId == RequestId.None)
            json.WriteNull("requestId");
        else
            json.WriteString("requestId", requestId.ToString());
        json.WriteEndObject();
    }

    /// <summary>The answer to an update, whichever it was.</summary>
    public static void WriteUpdated(Utf8JsonWriter json, Answer answer)
    {
        switch (answer)
        {
            case OrderAnswer order:
                WriteOrder(json, order.Order);
                break;
            case DetailsAnswer details:
                WriteDetails(json, details.Details);
                break;
            case OwnerKeyAnswer:
                json.WriteStartObject(); // which files hold the keys, only 'user shop rotate-key' knows
                json.WriteEndObject();
                break;
            case ProductAnswer product:
                WriteProduct(json, product.Product);
                break;
            default:
                throw new InvalidOperationException($"{answer.Code} is no answer to an update");
        }
    }

    public static void WriteArray<T>(Utf8JsonWriter json, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> writeItem)
    {
        json.WriteStartArray();
        foreach (T item in items)
            writeItem(json, item);
        json.WriteEndArray();
    }

    /// <summary>One JSON value and a line end.</summary>
    public static void WriteLine(TextWriter output, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, Readable))
            write(json);
        output.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private static void WriteLines(Utf8JsonWriter json, IReadOnlyList<OrderLine> lines)
    {
        json.WriteStartArray("lines");
        foreach (OrderLine line in lines)
        {
            json.WriteStartObject();
            json.WriteString("product", line.Product);
            json.WriteNumber("quantity", line.Quantity);
            json.WriteNumber("price", line.Price.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
