using System.Text.Json;
using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user details</c>: saves the details that are given; if none are, shows those on file. JSON: the details.</summary>
internal sealed class DetailsCommand : AnsweringCommandLine
{
    [Option("first-name", MetaValue = "NAME", HelpText = "Your first name.")]
    public string? FirstName { get; init; }

    [Option("last-name", MetaValue = "NAME", HelpText = "Your last name.")]
    public string? LastName { get; init; }

    [Option("phone", MetaValue = "NUMBER", HelpText = "For example 020 7946 0000 or +44 7700 900123.")]
    public string? Phone { get; init; }

    [Option("postcode", MetaValue = "CODE", HelpText = "A postcode of the United Kingdom.")]
    public string? Postcode { get; init; }

    [Option("address", MetaValue = "TEXT", HelpText = "Where the food goes.")]
    public string? Address { get; init; }

    private (DetailsField Field, string? Text)[] Given =>
    [
        (DetailsField.FirstName, FirstName), (DetailsField.LastName, LastName), (DetailsField.Phone, Phone), (DetailsField.Postcode, Postcode),
        (DetailsField.Address, Address),
    ];

    public Typed<Act> Parse(Terminal terminal) => ParseShop().Select(options => CommandRun.Of(options, terminal, async run =>
    {
        (DetailsField Field, string Text)[] changes = [.. Given.Where(g => g.Text is not null).Select(g => (g.Field, g.Text!.Trim()))];
        return await run.PrintAsync<DetailsAnswer>(
            changes.Length == 0 ? await run.Shop.DetailsAsync(run.Cancel) : await SaveAsync(run, changes),
            (text, saved) => ShopText.WriteDetails(text, saved.Details),
            (json, saved) => ShopJson.WriteDetails(json, saved.Details));
    }));

    /// <summary>Details that are not given stay as the shop has them, so that one alone can be changed.</summary>
    private static async Task<Answer> SaveAsync(CommandRun run, (DetailsField Field, string Text)[] changes)
    {
        CustomerDetails known = DetailsFields.Empty;
        if (changes.Length < DetailsFields.All.Count)
        {
            Answer answer = await run.Shop.DetailsAsync(run.Cancel);
            if (answer is not DetailsAnswer { Details: var onFile })
                return answer;
            known = onFile;
        }

        CustomerDetails details = changes.Aggregate(known, (whole, change) => whole.With(change.Field, change.Text));
        details = details with { Phone = PhoneNumber.Normalise(details.Phone) };
        return details.FirstInvalid() is { } field
            ? new RefusalAnswer(AnswerCode.InvalidDetails, Field: JsonNamingPolicy.CamelCase.ConvertName(field.ToString()))
            : await run.Shop.SaveDetailsAsync(details, run.Cancel);
    }
}
