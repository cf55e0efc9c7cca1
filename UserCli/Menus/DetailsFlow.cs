using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;

namespace JustHungry.UserCli.Menus;

/// <summary>
/// Who the user is and where the food goes: confirmed if the shop knows the details, asked for and saved otherwise. What was typed is
/// kept when the postcode is refused.
/// </summary>
internal sealed class DetailsFlow(Shop shop, IScreen screen)
{
    private const string QuitWord = "QUIT";

    private static readonly DetailsField[] Fields =
        [DetailsField.FirstName, DetailsField.LastName, DetailsField.Phone, DetailsField.Postcode, DetailsField.Address];

    /// <summary>True if the shop now has the user's details.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        switch (await shop.DetailsAsync(cancel))
        {
            case DetailsAnswer known:
                screen.Say("Your details:");
                screen.ShowDetails(known.Details);
                return await screen.ConfirmAsync("Are they correct?", cancel) || await SaveAsync(await AskAllAsync(known.Details, cancel), cancel);
            case RefusalAnswer { Reason: AnswerCode.UnknownUser }:
                return await SaveAsync(await IntroduceAsync(cancel), cancel);
            case RefusalAnswer refusal:
                screen.Say(refusal.Message());
                return false;
            default:
                return false;
        }
    }

    /// <summary>Asks a user who is new to this shop, and offers the details that another shop accepted.</summary>
    private async Task<CustomerDetails> IntroduceAsync(CancellationToken cancel)
    {
        CustomerDetails? last = (await shop.Client.File.LoadAsync(cancel)).Details;
        if (last is null)
        {
            screen.Say("This is your first order: please tell us who you are.");
            return await AskAllAsync(null, cancel);
        }

        screen.Say("This shop does not know you yet. Your details, as you last gave them:");
        screen.ShowDetails(last);
        return await screen.ConfirmAsync("Are they correct?", cancel) ? last : await AskAllAsync(last, cancel);
    }

    private async Task<CustomerDetails> AskAllAsync(CustomerDetails? current, CancellationToken cancel)
    {
        CustomerDetails details = current ?? new CustomerDetails("", "", "", "", "");
        foreach (DetailsField field in Fields)
            details = With(details, field, await AskAsync(field, current is null ? null : Of(current, field), cancel));
        return details;
    }

    private Task<string> AskAsync(DetailsField field, string? current, CancellationToken cancel) =>
        screen.AskAsync(Name(field), current, text => CustomerDetails.IsValid(field, text) ? null : Expected(field), cancel);

    /// <summary>Sends the details until the shop accepts them or the user quits.</summary>
    private async Task<bool> SaveAsync(CustomerDetails details, CancellationToken cancel)
    {
        while (true)
        {
            switch (await shop.SaveDetailsAsync(details, cancel))
            {
                case DetailsAnswer:
                    screen.Say("Your details are saved.");
                    return true;

                case RefusalAnswer { Reason: AnswerCode.InvalidPostcode } refusal:
                    screen.Say($"{details.Postcode}: {refusal.Message()}");
                    if (await AskPostcodeAsync(null, cancel) is not { } corrected)
                        return false;
                    details = details with { Postcode = corrected };
                    break;

                case RefusalAnswer { Reason: AnswerCode.PostcodeServiceUnavailable } refusal:
                    screen.Say(refusal.Message());
                    if (await AskPostcodeAsync(details.Postcode, cancel) is not { } again)
                        return false;
                    details = details with { Postcode = again };
                    break;

                case RefusalAnswer { Reason: AnswerCode.InvalidDetails } refusal when Enum.TryParse(refusal.Field, ignoreCase: true, out DetailsField field):
                    screen.Say(refusal.Message());
                    details = With(details, field, await AskAsync(field, null, cancel));
                    break;

                case RefusalAnswer refusal:
                    screen.Say(refusal.Message());
                    return false;
            }
        }
    }

    private async Task<string?> AskPostcodeAsync(string? current, CancellationToken cancel)
    {
        string typed = await screen.AskAsync(
            $"Postcode (or {QuitWord})", current, text => CustomerDetails.IsValid(DetailsField.Postcode, text) ? null : Expected(DetailsField.Postcode), cancel);
        return string.Equals(typed, QuitWord, StringComparison.OrdinalIgnoreCase) ? null : typed;
    }

    private static string Name(DetailsField field) => field switch
    {
        DetailsField.FirstName => "First name",
        DetailsField.LastName => "Last name",
        DetailsField.Phone => "Phone number",
        DetailsField.Postcode => "Postcode",
        DetailsField.Address => "Address",
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    private static string Expected(DetailsField field) =>
        field == DetailsField.Phone
            ? "A phone number has digits and hyphens only, for example 020-7946-0000."
            : $"{Name(field)}: please type something, at most {OrderLimits.DetailCharsMax} characters.";

    private static string Of(CustomerDetails details, DetailsField field) => field switch
    {
        DetailsField.FirstName => details.FirstName,
        DetailsField.LastName => details.LastName,
        DetailsField.Phone => details.Phone,
        DetailsField.Postcode => details.Postcode,
        DetailsField.Address => details.Address,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    private static CustomerDetails With(CustomerDetails details, DetailsField field, string text) => field switch
    {
        DetailsField.FirstName => details with { FirstName = text },
        DetailsField.LastName => details with { LastName = text },
        DetailsField.Phone => details with { Phone = text },
        DetailsField.Postcode => details with { Postcode = text },
        DetailsField.Address => details with { Address = text },
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
