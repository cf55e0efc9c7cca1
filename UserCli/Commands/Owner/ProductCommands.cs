using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>What the owner's commands for one product share: the product's name. JSON: the product as it is now.</summary>
internal abstract class ProductCommandLine : OwnerCommandLine
{
    [Value(0, MetaName = "NAME", HelpText = "The product, exactly as it is called.")]
    public string? NameText { get; init; }

    /// <param name="act">The command's last word, such as <c>add</c>.</param>
    protected Typed<string> ParseName(string act) => string.IsNullOrWhiteSpace(NameText) ? new Wrong($"say which product: user shop {act} NAME.") : NameText;

    protected static Task<int> PrintAsync(CommandRun run, Answer answer, Func<Product, string> sentence) =>
        run.PrintAsync<ProductAnswer>(answer, (text, done) => text.WriteLine(sentence(done.Product)), (json, done) => ShopJson.WriteProduct(json, done.Product));

    protected static Typed<Pence> ParsePrice(string option, string? text) =>
        Pence.TryParse(text, out Pence price)
            ? price
            : new Wrong($"{option} {text}".TrimEnd() + $": expected pounds and pence from 0 to {OrderLimits.PriceMax}, for example 1.20.");

    protected static Typed<int> ParseCount(string option, string? text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= least && count <= OrderLimits.StockMax
            ? count
            : new Wrong($"{option} {text}".TrimEnd() + $": expected a whole number from {least} to {OrderLimits.StockMax}.");
}

/// <summary><c>user shop add NAME</c>: adds a product that is not sold yet.</summary>
internal sealed class AddCommand : ProductCommandLine
{
    [Option("price", MetaValue = "POUNDS", HelpText = "Of one, for example 1.20.")]
    public string? PriceText { get; init; }

    [Option("stock", Default = "0", MetaValue = "N", HelpText = "How many there are.")]
    public string StockText { get; init; } = "0";

    public Typed<Act> Parse(Terminal terminal) =>
        from owner in ParseOwner()
        from name in ParseName("add")
        from price in ParsePrice("--price", PriceText)
        from stock in ParseCount("--stock", StockText, least: 0)
        select CommandRun.Of(owner.Shop, terminal, async run =>
            await PrintAsync(run, await owner.ShopOf(run).AddAsync(new Product(name.Trim(), stock, price), run.Cancel), OwnerSentences.OnSale));
}

/// <summary><c>user shop restock NAME QTY</c>: adds to the stock.</summary>
internal sealed class RestockCommand : ProductCommandLine
{
    [Value(1, MetaName = "QTY", HelpText = "How many to add to those in stock.")]
    public string? QuantityText { get; init; }

    [Option("again", HelpText = "Add them once more, although an earlier restocking of as many has had no answer yet.")]
    public bool IsAgain { get; init; }

    public Typed<Act> Parse(Terminal terminal) =>
        from owner in ParseOwner()
        from name in ParseName("restock")
        from quantity in ParseCount("QTY", QuantityText, least: 1)
        select CommandRun.Of(owner.Shop, terminal, async run =>
            await PrintAsync(run, await owner.ShopOf(run).RestockAsync(name, quantity, run.Cancel, IsAgain), OwnerSentences.OnSale));
}

/// <summary><c>user shop retire NAME</c>: stops selling the product.</summary>
internal sealed class RetireCommand : ProductCommandLine
{
    public Typed<Act> Parse(Terminal terminal) =>
        from owner in ParseOwner()
        from name in ParseName("retire")
        select CommandRun.Of(owner.Shop, terminal, async run =>
            await PrintAsync(run, await owner.ShopOf(run).RetireAsync(name, run.Cancel), OwnerSentences.Retired));
}
