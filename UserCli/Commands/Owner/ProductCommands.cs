using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>What the owner's commands on one product share: its name. JSON: the product as it is now.</summary>
internal abstract class ProductOptions : OwnerOptions
{
    [Value(0, MetaName = "NAME", HelpText = "The product, exactly as it is called.")]
    public string? Name { get; init; }

    /// <summary>As in <c>user shop add</c>.</summary>
    protected abstract string Act { get; }

    protected override string? MistakeInArguments() => string.IsNullOrWhiteSpace(Name) ? $"say which product: user shop {Act} NAME." : null;

    protected static Task<int> PrintAsync(CommandRun run, Answer answer, Func<Product, string> sentence) =>
        run.PrintAsync<ProductAnswer>(answer, (text, done) => text.WriteLine(sentence(done.Product)), (json, done) => ShopJson.WriteProduct(json, done.Product));

    protected static string? MistakeInPrice(string option, string? text) =>
        Pence.TryParse(text, out _) ? null : $"{option} {text}".TrimEnd() + $": expected pounds and pence from 0 to {OrderLimits.PriceMax}, for example 1.20.";

    protected static bool TryParseCount(string? text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= OrderLimits.StockMax;
}

/// <summary><c>user shop add NAME</c>: a product that is not sold yet.</summary>
internal sealed class AddCommand : ProductOptions
{
    [Option("price", MetaValue = "POUNDS", HelpText = "Of one, for example 1.20.")]
    public string? PriceText { get; init; }

    [Option("stock", Default = "0", MetaValue = "N", HelpText = "How many there are.")]
    public string StockText { get; init; } = "0";

    protected override string Act => "add";

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = Pence.TryParse(PriceText, out Pence price);
        _ = TryParseCount(StockText, out int stock);
        return await PrintAsync(run, await ShopOf(run).AddAsync(new Product(Name!.Trim(), stock, price), run.Cancel), OwnerSentences.OnSale);
    });

    protected override string? MistakeInArguments() =>
        base.MistakeInArguments() ?? MistakeInPrice("--price", PriceText) ??
        (TryParseCount(StockText, out _) ? null : $"--stock {StockText}: expected a whole number from 0 to {OrderLimits.StockMax}.");
}

/// <summary><c>user shop price NAME PRICE</c>: for orders from now on.</summary>
internal sealed class PriceCommand : ProductOptions
{
    [Value(1, MetaName = "PRICE", HelpText = "Of one, in pounds and pence.")]
    public string? PriceText { get; init; }

    protected override string Act => "price";

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = Pence.TryParse(PriceText, out Pence price);
        return await PrintAsync(run, await ShopOf(run).SetPriceAsync(Name!, price, run.Cancel), OwnerSentences.OnSale);
    });

    protected override string? MistakeInArguments() => base.MistakeInArguments() ?? MistakeInPrice("PRICE", PriceText);
}

/// <summary><c>user shop restock NAME QTY</c>: so many more.</summary>
internal sealed class RestockCommand : ProductOptions
{
    [Value(1, MetaName = "QTY", HelpText = "How many came in, beside those that are there.")]
    public string? QuantityText { get; init; }

    protected override string Act => "restock";

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = TryParseCount(QuantityText, out int quantity);
        return await PrintAsync(run, await ShopOf(run).RestockAsync(Name!, quantity, run.Cancel), OwnerSentences.OnSale);
    });

    protected override string? MistakeInArguments() =>
        base.MistakeInArguments() ??
        (TryParseCount(QuantityText, out int quantity) && quantity > 0 ? null : $"QTY {QuantityText}".TrimEnd() + $": expected a whole number from 1 to {OrderLimits.StockMax}.");
}

/// <summary><c>user shop retire NAME</c>: not sold any more.</summary>
internal sealed class RetireCommand : ProductOptions
{
    protected override string Act => "retire";

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
        await PrintAsync(run, await ShopOf(run).RetireAsync(Name!, run.Cancel), OwnerSentences.Retired));
}
