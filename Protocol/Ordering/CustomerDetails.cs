using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>The fields of a customer's details, as InvalidDetails names them.</summary>
public enum DetailsField : byte
{
    FirstName = 1,
    LastName = 2,
    Phone = 3,
    Postcode = 4,
    Address = 5,
}

/// <summary>Who a customer is and where the food goes.</summary>
public sealed record CustomerDetails(string FirstName, string LastName, string Phone, string Postcode, string Address)
{
    private const int Fields = 5;

    /// <summary>
    /// The first field that cannot be accepted, or null. The postcode is only checked not to be missing: whether it exists is for the
    /// postcode service to say.
    /// </summary>
    public DetailsField? FirstInvalid() =>
        !IsValid(DetailsField.FirstName, FirstName) ? DetailsField.FirstName
        : !IsValid(DetailsField.LastName, LastName) ? DetailsField.LastName
        : !IsValid(DetailsField.Phone, Phone) ? DetailsField.Phone
        : !IsValid(DetailsField.Postcode, Postcode) ? DetailsField.Postcode
        : !IsValid(DetailsField.Address, Address) ? DetailsField.Address
        : null;

    /// <summary>
    /// Non-empty, at most 200 characters, no control characters; a phone number has only digits and hyphens, and at least one digit.
    /// </summary>
    public static bool IsValid(DetailsField field, string? text) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= OrderLimits.DetailCharsMax && !text.Any(char.IsControl) &&
        (field != DetailsField.Phone || (text.All(c => char.IsAsciiDigit(c) || c == '-') && text.Any(char.IsAsciiDigit)));

    public static void Write(ref MessagePackWriter writer, CustomerDetails details)
    {
        ArgumentNullException.ThrowIfNull(details);
        writer.WriteArrayHeader(Fields);
        writer.Write(details.FirstName);
        writer.Write(details.LastName);
        writer.Write(details.Phone);
        writer.Write(details.Postcode);
        writer.Write(details.Address);
    }

    public static CustomerDetails Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(Fields);
        return new CustomerDetails(ReadDetail(ref reader), ReadDetail(ref reader), ReadDetail(ref reader), ReadDetail(ref reader), ReadDetail(ref reader));
    }

    /// <summary>Details are personal, so that they never end up in a log by accident.</summary>
    public override string ToString() => "(details)";

    private static string ReadDetail(ref MessagePackReader reader) => reader.ReadText(OrderLimits.DetailBytesMax);
}
