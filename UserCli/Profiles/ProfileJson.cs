using System.Buffers;
using System.Globalization;
using System.Text.Json;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Profiles;

/// <summary>
/// The profile as it is written in its file. Written and read by hand-written code, so that no reflection delays the first prompt. The
/// last field is a checksum of the values of the others (not of their layout): without it, one wrong bit could turn the user into
/// another, whom the shop does not know. A file of an older version, which has no checksum, is accepted as it is. Where it says
/// <c>nameServer</c>, that may also be the first of the front ends that the user named instead.
/// </summary>
internal static class ProfileJson
{
    /// <summary>The version that is written.</summary>
    private const int Version = 2;

    /// <summary>The oldest version that can be read.</summary>
    private const int FirstVersion = 1;

    private static readonly JsonWriterOptions Indented = new() { Indented = true };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly string[] Fields = ["version", "userId", "userKey", "nextSequence", "details", "shops", "cart", "update", "checksum"];
    private static readonly string[] FirstFields = ["version", "userId", "userKey", "nextSequence", "details", "group", "frontEnds", "update", "checksum"];
    private static readonly string[] DetailsFields = ["firstName", "lastName", "phone", "postcode", "address"];
    private static readonly string[] ShopFields = ["nameServer", "group", "clusterId", "frontEnds"];
    private static readonly string[] CartFields = ["nameServer", "group", "lines"];
    private static readonly string[] LineFields = ["product", "quantity"];
    private static readonly string[] UpdateFields = ["group", "nameServer", "clusterId", "sequence", "requestId", "kind", "body", "words"];

    public static byte[] Write(Profile profile) => Write(profile, Checksum(profile));

    private static string Checksum(Profile profile) => Crc32C.Of(Write(profile, null)).ToString("x8", CultureInfo.InvariantCulture);

    private static byte[] Write(Profile profile, string? checksum)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output, Indented))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("userId", profile.User.ToString());
            json.WriteString("userKey", profile.Key.High.ToString("x32", CultureInfo.InvariantCulture) + profile.Key.Low.ToString("x32", CultureInfo.InvariantCulture));
            json.WriteNumber("nextSequence", profile.NextSequence.Value);
            if (profile.Details is { } details)
                WriteDetails(json, details);
            json.WriteStartArray("shops");
            foreach (KnownShop shop in profile.Shops)
                WriteShop(json, shop);
            json.WriteEndArray();
            if (profile.Cart is { } cart)
                WriteCart(json, cart);
            if (profile.InFlight is { } update)
                WriteUpdate(json, update);
            if (checksum is not null)
                json.WriteString("checksum", checksum);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">These bytes are not a profile.</exception>
    public static Profile Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, Strict);
            JsonElement root = document.RootElement;
            int version = root.GetProperty("version").GetInt32();
            if (version is < FirstVersion or > Version)
                throw new FormatException($"it is of version {version}, this program knows versions {FirstVersion} to {Version}");

            if (version == FirstVersion)
                return ReadFirstVersion(root);

            Profile profile = ReadProfile(root);
            if (root.TryGetProperty("checksum", out JsonElement checksum) && ReadText(checksum) != Checksum(profile))
                throw new FormatException("its fields do not match its checksum. If you changed it by hand, delete the field checksum");
            return profile;
        }
        catch (KeyNotFoundException e)
        {
            throw new FormatException("a field is missing", e);
        }
        catch (Exception e) when (e is not FormatException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static Profile ReadProfile(JsonElement root)
    {
        CheckFields(root, Fields);
        return ReadCommon(root) with
        {
            Shops = [.. root.GetProperty("shops").EnumerateArray().Select(ReadShop)],
            Cart = root.TryGetProperty("cart", out JsonElement cart) ? ReadCart(cart) : null,
        };
    }

    /// <summary>
    /// Reads a file from before shops were told apart. Its front ends are not taken over, since it does not say which shop they belonged
    /// to.
    /// </summary>
    private static Profile ReadFirstVersion(JsonElement root)
    {
        CheckFields(root, FirstFields);
        return ReadCommon(root);
    }

    private static Profile ReadCommon(JsonElement root) =>
        new(new UserId(ReadId(root.GetProperty("userId"))), ReadKey(root.GetProperty("userKey")), new Sequence(root.GetProperty("nextSequence").GetUInt64()),
            root.TryGetProperty("details", out JsonElement details) ? ReadDetails(details) : null, [],
            root.TryGetProperty("update", out JsonElement update) ? ReadUpdate(update) : null);

    /// <summary>
    /// A field that this program does not know counts as damage: its content would be lost when the file is next written.
    /// </summary>
    private static void CheckFields(JsonElement json, string[] known)
    {
        foreach (JsonProperty field in json.EnumerateObject())
        {
            if (!known.Contains(field.Name))
                throw new FormatException($"it has a field that nobody writes, {field.Name}");
        }
    }

    private static void WriteDetails(Utf8JsonWriter json, CustomerDetails details)
    {
        json.WriteStartObject("details");
        json.WriteString("firstName", details.FirstName);
        json.WriteString("lastName", details.LastName);
        json.WriteString("phone", details.Phone);
        json.WriteString("postcode", details.Postcode);
        json.WriteString("address", details.Address);
        json.WriteEndObject();
    }

    private static CustomerDetails ReadDetails(JsonElement json)
    {
        CheckFields(json, DetailsFields);
        return new CustomerDetails(ReadText(json.GetProperty("firstName")), ReadText(json.GetProperty("lastName")), ReadText(json.GetProperty("phone")),
            ReadText(json.GetProperty("postcode")), ReadText(json.GetProperty("address")));
    }

    private static void WriteShop(Utf8JsonWriter json, KnownShop shop)
    {
        json.WriteStartObject();
        json.WriteString("nameServer", shop.At.Door.ToString());
        json.WriteString("group", shop.At.Group);
        json.WriteString("clusterId", shop.Cluster.ToString());
        json.WriteStartArray("frontEnds");
        foreach (Endpoint endpoint in shop.FrontEnds)
            json.WriteStringValue(endpoint.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static KnownShop ReadShop(JsonElement json)
    {
        CheckFields(json, ShopFields);
        return new KnownShop(ReadAddress(json), new ClusterId(ReadId(json.GetProperty("clusterId"))), [.. json.GetProperty("frontEnds").EnumerateArray().Select(ReadEndpoint)]);
    }

    private static ShopAddress ReadAddress(JsonElement json) => new(ReadEndpoint(json.GetProperty("nameServer")), ReadText(json.GetProperty("group")));

    private static void WriteCart(Utf8JsonWriter json, SavedCart cart)
    {
        json.WriteStartObject("cart");
        json.WriteString("nameServer", cart.At.Door.ToString());
        json.WriteString("group", cart.At.Group);
        json.WriteStartArray("lines");
        foreach (CartLine line in cart.Lines)
        {
            json.WriteStartObject();
            json.WriteString("product", line.Product);
            json.WriteNumber("quantity", line.Quantity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static SavedCart ReadCart(JsonElement json)
    {
        CheckFields(json, CartFields);
        return new SavedCart(ReadAddress(json), [.. json.GetProperty("lines").EnumerateArray().Select(ReadLine)]);
    }

    private static CartLine ReadLine(JsonElement json)
    {
        CheckFields(json, LineFields);
        return new CartLine(ReadText(json.GetProperty("product")), json.GetProperty("quantity").GetInt32());
    }

    private static void WriteUpdate(Utf8JsonWriter json, UpdateInFlight update)
    {
        json.WriteStartObject("update");
        json.WriteString("group", update.Group);
        if (update.Door is { } door)
            json.WriteString("nameServer", door.ToString());
        json.WriteString("clusterId", update.Cluster.ToString());
        json.WriteNumber("sequence", update.Sequence.Value);
        json.WriteString("requestId", update.RequestId.ToString());
        json.WriteString("kind", update.Kind.ToString());
        json.WriteBase64String("body", update.Body.Span);
        json.WriteString("words", update.Words);
        json.WriteEndObject();
    }

    private static UpdateInFlight ReadUpdate(JsonElement json)
    {
        CheckFields(json, UpdateFields);
        return new UpdateInFlight(ReadText(json.GetProperty("group")), new Sequence(json.GetProperty("sequence").GetUInt64()), new RequestId(ReadId(json.GetProperty("requestId"))),
            ReadKind(json.GetProperty("kind")), json.GetProperty("body").GetBytesFromBase64(), ReadText(json.GetProperty("words")))
        {
            Door = json.TryGetProperty("nameServer", out JsonElement door) ? ReadEndpoint(door) : null,
            Cluster = json.TryGetProperty("clusterId", out JsonElement cluster) ? new ClusterId(ReadId(cluster)) : ClusterId.None,
        };
    }

    private static RequestKind ReadKind(JsonElement json) =>
        Enum.TryParse(ReadText(json), out RequestKind kind) && Enum.IsDefined(kind) && kind.IsUpdate()
            ? kind
            : throw new FormatException($"{json} is no kind of update");

    private static UInt128 ReadId(JsonElement json) => ParseHex(ReadText(json), 0, 32);

    private static UserKey ReadKey(JsonElement json) => new(ParseHex(ReadText(json), 0, 64), ParseHex(ReadText(json), 32, 64));

    /// <summary>128 bits at <paramref name="start"/> of a hexadecimal text that must have <paramref name="digits"/> digits.</summary>
    private static UInt128 ParseHex(string text, int start, int digits) =>
        text.Length == digits && UInt128.TryParse(text.AsSpan(start, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value)
            ? value
            : throw new FormatException("an id or key is damaged"); // not shown: it may be the key

    private static Endpoint ReadEndpoint(JsonElement json) =>
        Endpoint.TryParse(ReadText(json), out Endpoint endpoint) ? endpoint : throw new FormatException($"{json} is no endpoint");

    private static string ReadText(JsonElement json) => json.GetString() ?? throw new FormatException("a null where text was expected");
}
