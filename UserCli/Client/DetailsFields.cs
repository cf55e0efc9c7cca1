using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>A customer's details, one field at a time.</summary>
internal static class DetailsFields
{
    public static IReadOnlyList<DetailsField> All { get; } =
        [DetailsField.FirstName, DetailsField.LastName, DetailsField.Phone, DetailsField.Postcode, DetailsField.Address];

    public static CustomerDetails Empty { get; } = new("", "", "", "", "");

    public static string Name(this DetailsField field) => field switch
    {
        DetailsField.FirstName => "First name",
        DetailsField.LastName => "Last name",
        DetailsField.Phone => "Phone number",
        DetailsField.Postcode => "Postcode",
        DetailsField.Address => "Address",
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    public static string Of(this CustomerDetails details, DetailsField field) => field switch
    {
        DetailsField.FirstName => details.FirstName,
        DetailsField.LastName => details.LastName,
        DetailsField.Phone => details.Phone,
        DetailsField.Postcode => details.Postcode,
        DetailsField.Address => details.Address,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    public static CustomerDetails With(this CustomerDetails details, DetailsField field, string text) => field switch
    {
        DetailsField.FirstName => details with { FirstName = text },
        DetailsField.LastName => details with { LastName = text },
        DetailsField.Phone => details with { Phone = text },
        DetailsField.Postcode => details with { Postcode = text },
        DetailsField.Address => details with { Address = text },
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
