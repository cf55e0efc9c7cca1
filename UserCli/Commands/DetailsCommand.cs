using System.Text.Json;
using CommandLine;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user details</c>: saves all five, or with none given shows those on file. JSON: the details.</summary>
internal sealed class DetailsCommand : AnsweringOptions
{
    [Option("first-name", MetaValue = "NAME", HelpText = "Your first name.")]
    public string? FirstName { get; init; }

    [Option("last-name", MetaValue = "NAME", HelpText = "Your last name.")]
    public string? LastName { get; init; }

    [Option("phone", MetaValue = "NUMBER", HelpText = "Digits and hyphens.")]
    public string? Phone { get; init; }

    [Option("postcode", MetaValue = "CODE", HelpText = "A postcode of the United Kingdom.")]
    public string? Postcode { get; init; }

    [Option("address", MetaValue = "TEXT", HelpText = "Where the food goes.")]
    public string? Address { get; init; }

    private (string Option, string? Text)[] Given =>
        [("--first-name", FirstName), ("--last-name", LastName), ("--phone", Phone), ("--postcode", Postcode), ("--address", Address)];

    private bool OnlyShow => Given.All(g => g.Text is null);

    public override string? Validate()
    {
        if (base.Validate() is { } mistake)
            return mistake;

        return !OnlyShow && Given.FirstOrDefault(g => g.Text is null).Option is { } missing ? $"{missing} is missing: all five details are needed." : null;
    }

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        Answer answer;
        if (OnlyShow)
        {
            answer = await run.Shop.DetailsAsync(run.Cancel);
        }
        else
        {
            var details = new CustomerDetails(FirstName!.Trim(), LastName!.Trim(), Phone!.Trim(), Postcode!.Trim(), Address!.Trim());
            answer = details.FirstInvalid() is { } field
                ? new RefusalAnswer(AnswerCode.InvalidDetails, Field: JsonNamingPolicy.CamelCase.ConvertName(field.ToString()))
                : await run.Shop.SaveDetailsAsync(details, run.Cancel);
        }

        return await run.PrintAsync<DetailsAnswer>(
            answer, (text, saved) => ShopText.WriteDetails(text, saved.Details), (json, saved) => ShopJson.WriteDetails(json, saved.Details));
    });
}
