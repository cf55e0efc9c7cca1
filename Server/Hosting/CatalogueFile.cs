using System.Globalization;
using System.Text.Json;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Hosting;

/// <summary>
/// Reads <c>--catalogue FILE</c>: JSON, <c>[{"name": "apple", "stock": 15, "price": 199}]</c>, the price of one item in whole pence, as
/// everywhere in our JSON. Every error names the line.
/// </summary>
internal static class CatalogueFile
{
    /// <exception cref="CatalogueException">The file can't be read, or does not hold a catalogue.</exception>
    public static IReadOnlyList<Product> Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CatalogueException($"{path}: {e.Message}", e);
        }
        catch (CatalogueException e)
        {
            throw new CatalogueException($"{path}, {e.Message}", e);
        }
    }

    /// <exception cref="CatalogueException">These bytes are not a catalogue.</exception>
    public static IReadOnlyList<Product> Parse(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        if (json.StartsWith(byteOrderMark))
            json = json[byteOrderMark.Length..];

        var reader = new Utf8JsonReader(json);
        try
        {
            List<Product> products = ReadProducts(ref reader, json);
            reader.Read();
            return products;
        }
        catch (JsonException e)
        {
            throw new CatalogueException($"line {e.LineNumber + 1}: {e.Message.Split(". LineNumber", 2)[0]}", e);
        }
    }

    private static List<Product> ReadProducts(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.StartArray, json, reader, "a catalogue is an array of products");
        var products = new List<Product>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Utf8JsonReader start = reader;
            Product product = ReadProduct(ref reader, json);
            if (Catalogue.FaultOf(product) is { } fault)
                throw Error(json, start, $"the product '{product.Name}' {fault}");

            Expect(names.Add(product.Name), json, start, $"the product '{product.Name}' stands in the catalogue twice");
            products.Add(product);
            Expect(products.Count <= OrderLimits.ProductsMax, json, start, $"a catalogue has at most {OrderLimits.ProductsMax} products");
        }

        Expect(products.Count > 0, json, reader, "a catalogue has at least one product");
        return products;
    }

    private static Product ReadProduct(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        const string shape = "a product is {\"name\": text, \"stock\": whole number, \"price\": whole number of pence}";
        Expect(reader.TokenType == JsonTokenType.StartObject, json, reader, shape);
        Utf8JsonReader start = reader;
        string? name = null;
        int? stock = null;
        long? price = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Utf8JsonReader property = reader;
            reader.Read();
            if (property.ValueTextEquals("name") && name is null && reader.TokenType == JsonTokenType.String)
                name = TextOf(reader, json);
            else if (property.ValueTextEquals("stock") && stock is null && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int left))
                stock = left;
            else if (property.ValueTextEquals("price") && price is null && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long pence))
                price = pence;
            else
                throw Error(json, property, $"'{TextOf(property, json)}' was not expected here, or not with this value: {shape}{HintFor(reader, json)}");
        }

        return name is not null && stock is not null && price is not null
            ? new Product(name, stock.Value, new Pence(price.Value))
            : throw Error(json, start, $"name, stock or price is missing: {shape}");
    }

    /// <summary>What to write instead, if the value shows what was meant.</summary>
    private static string HintFor(in Utf8JsonReader value, ReadOnlySpan<byte> json) => value.TokenType switch
    {
        JsonTokenType.Number when value.TryGetDecimal(out decimal pounds) && pounds is > 0 and < 1_000_000 && pounds != decimal.Truncate(pounds) =>
            string.Create(CultureInfo.InvariantCulture, $"; for £{pounds:0.00} write {pounds * 100:0}"),
        JsonTokenType.String when long.TryParse(TextOf(value, json), NumberStyles.None, CultureInfo.InvariantCulture, out long number) => $"; write {number} without quotes",
        _ => "",
    };

    private static string TextOf(in Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            throw Error(json, reader, "this text is not valid UTF-8");
        }
    }

    private static void Expect(bool holds, ReadOnlySpan<byte> json, in Utf8JsonReader reader, string otherwise)
    {
        if (!holds)
            throw Error(json, reader, otherwise);
    }

    private static CatalogueException Error(ReadOnlySpan<byte> json, in Utf8JsonReader reader, string what) =>
        new($"line {json[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1}: {what}.");
}

/// <summary>A catalogue file that can't be used; the message says where and why.</summary>
internal sealed class CatalogueException(string message, Exception? inner = null) : ExplainedException(message, inner);
