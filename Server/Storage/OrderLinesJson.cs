using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Storage;

/// <summary>
/// An order's lines as stored in orders.db: <c>[{"number":0,"product":"apple","quantity":2,"price":199}]</c>. The number is what the server
/// reads back; the name, as it was when the order was stored, is for reports.
/// </summary>
internal sealed class OrderLinesJson
{
    private const int DigitsMax = 20;

    private readonly Dictionary<int, byte[]> _beginnings = [];
    private readonly ArrayBufferWriter<byte> _json = new(1024);

    /// <summary>Sets the name of a product.</summary>
    public void Name(int product, string name) =>
        _beginnings[product] = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{{\"number\":{product},\"product\":\"{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\",\"quantity\":"));

    public void ForgetNames() => _beginnings.Clear();

    /// <summary>The JSON text, valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(OrderRowLine[] lines)
    {
        _json.ResetWrittenCount();
        _json.Write("["u8);
        foreach (ref readonly OrderRowLine line in lines.AsSpan())
        {
            if (_json.WrittenCount > 1)
                _json.Write(","u8);
            _json.Write(_beginnings[line.Product]);
            Write(line.Quantity);
            _json.Write(",\"price\":"u8);
            Write(line.Price.Value);
            _json.Write("}"u8);
        }

        _json.Write("]"u8);
        return _json.WrittenSpan;
    }

    /// <exception cref="JsonException">These are not an order's lines as <see cref="Write(OrderRowLine[])"/> writes them.</exception>
    public static OrderRowLine[] Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartArray);
        OrderRowLine[] lines = [];
        int count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            if (count == lines.Length)
                Array.Resize(ref lines, Math.Max(2, count * 2)); // most orders have two lines
            lines[count++] = ReadLine(ref reader);
        }

        if (reader.TokenType != JsonTokenType.EndArray || reader.Read())
            throw new JsonException("not an array of lines");
        Array.Resize(ref lines, count);
        return lines;
    }

    private static OrderRowLine ReadLine(ref Utf8JsonReader reader)
    {
        ExpectKey(ref reader, "number"u8);
        long product = ReadNumber(ref reader);
        ExpectKey(ref reader, "product"u8);
        Expect(ref reader, JsonTokenType.String);
        ExpectKey(ref reader, "quantity"u8);
        long quantity = ReadNumber(ref reader);
        ExpectKey(ref reader, "price"u8);
        long price = ReadNumber(ref reader);
        Expect(ref reader, JsonTokenType.EndObject);
        return product is >= 0 and <= int.MaxValue && quantity is > 0 and <= int.MaxValue && price >= 0
            ? new OrderRowLine((int)product, (int)quantity, new Pence(price))
            : throw new JsonException("a number that no line has");
    }

    private static void ExpectKey(ref Utf8JsonReader reader, ReadOnlySpan<byte> key)
    {
        Expect(ref reader, JsonTokenType.PropertyName);
        if (!reader.ValueTextEquals(key))
            throw new JsonException("a key that nobody writes, or in another place");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new JsonException($"{reader.TokenType} where {type} was expected");
    }

    private static long ReadNumber(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number : throw new JsonException("not a number");

    private void Write(long number)
    {
        Utf8Formatter.TryFormat(number, _json.GetSpan(DigitsMax), out int written);
        _json.Advance(written);
    }
}
