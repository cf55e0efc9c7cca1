using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>USER_DETAILS. A stranger becomes a customer only if the details are accepted.</summary>
internal readonly record struct SetDetails(CustomerDetails Details) : IUpdate<SetDetails>
{
    public static bool AddsCustomer => true;

    public static SetDetails Read(ref MessagePackReader reader) => new(CustomerDetails.Read(ref reader));

    public static string? PostcodeToAsk(in SetDetails update) => PostcodeText.Normalise(update.Details.Postcode);

    public RefusalAnswer? FirstFault() => Details.FirstInvalid() is { } field ? new RefusalAnswer(AnswerCode.InvalidDetails, Field: Word(field)) : null;

    public Answer Decide(in UpdateContext context)
    {
        if (context.Postcode != PostcodeVerdict.Valid)
            return new RefusalAnswer(context.Postcode == PostcodeVerdict.Invalid ? AnswerCode.InvalidPostcode : AnswerCode.PostcodeServiceUnavailable);

        CustomerDetails stored = Details with { Postcode = PostcodeText.Normalise(Details.Postcode) };
        context.MakeCustomer(stored);
        return new DetailsAnswer(stored);
    }

    private static string Word(DetailsField field) => field switch
    {
        DetailsField.FirstName => "firstName",
        DetailsField.LastName => "lastName",
        DetailsField.Phone => "phone",
        DetailsField.Postcode => "postcode",
        DetailsField.Address => "address",
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
