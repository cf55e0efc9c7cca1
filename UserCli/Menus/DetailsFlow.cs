using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;

namespace JustHungry.UserCli.Menus;

/// <summary>
/// Who the user is and where the food goes: confirmed if the shop knows the details, asked for and saved otherwise. What was typed is
/// kept when the postcode is refused.
/// </summary>
internal sealed class DetailsFlow(Shop shop, IScreen screen)
{
    private const string QuitWord = "QUIT";

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
        CustomerDetails details = current ?? DetailsFields.Empty;
        for (int asked = 0; asked < DetailsFields.All.Count; asked++)
        {
            DetailsField field = DetailsFields.All[asked];
            try
            {
                details = details.With(field, await AskAsync(field, details.Of(field) is { Length: > 0 } before ? before : null, cancel));
            }
            catch (BackException) when (asked > 0)
            {
                asked -= 2; // to the field before
            }
        }

        return details;
    }

    private async Task<string> AskAsync(DetailsField field, string? current, CancellationToken cancel) =>
        ToSend(field, await screen.AskAsync(field.Name(), current, text => CustomerDetails.IsValid(field, ToSend(field, text)) ? null : Expected(field), cancel));

    /// <summary>Phone numbers are typed as people write them.</summary>
    private static string ToSend(DetailsField field, string typed) => field == DetailsField.Phone ? PhoneNumber.Normalise(typed) : typed;

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
                    details = details.With(field, await AskAsync(field, null, cancel));
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

    private static string Expected(DetailsField field) =>
        field == DetailsField.Phone
            ? "A phone number has digits and hyphens only (spaces become hyphens), for example 020 7946 0000 or +44 7700 900123."
            : $"{field.Name()}: please type something, at most {OrderLimits.DetailCharsMax} characters.";
}
