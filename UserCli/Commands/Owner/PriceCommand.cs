using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>
/// <c>user shop price NAME PRICE</c>: sets the price for orders from now on, and shows the one before. A price that looks mistyped, of 0 or
/// more than five times the one before, has to be confirmed: at a terminal by a yes, elsewhere by --yes.
/// </summary>
internal sealed class PriceCommand : ProductCommandLine
{
    private const int UnusualTimes = 5;

    [Value(1, MetaName = "PRICE", HelpText = "Of one, in pounds and pence.")]
    public string? PriceText { get; init; }

    [Option("yes", HelpText = "Also if it is 0, or more than five times the price before.")]
    public bool IsConfirmed { get; init; }

    public Typed<Act> Parse(Terminal terminal) =>
        from owner in ParseOwner()
        from name in ParseName("price")
        from price in ParsePrice("PRICE", PriceText)
        select CommandRun.Of(owner.Shop, terminal, run => SetAsync(run, owner.ShopOf(run), terminal, name, price));

    private async Task<int> SetAsync(CommandRun run, OwnedShop shop, Terminal terminal, string name, Pence price)
    {
        Pence? before = await run.Shop.ProductsAsync(run.Cancel) is ProductsAnswer { Products: var products } && products.Any(p => p.Name == name)
            ? products.First(p => p.Name == name).Price
            : null; // the shop says that there is no such product
        if (before is { } old && IsUnusual(old, price) && !IsConfirmed && !await ConfirmsAsync(terminal, name, old, price, run.Cancel))
            return run.Output.Refuse("UnusualPrice", OwnerSentences.UnusualPrice(name, old, price));

        return await PrintAsync(run, await shop.SetPriceAsync(name, price, run.Cancel), product => OwnerSentences.Priced(product, before));
    }

    private static bool IsUnusual(Pence before, Pence price) => price != before && (price == Pence.Zero || (before.Value > 0 && price.Value > before.Value * UnusualTimes));

    private static async Task<bool> ConfirmsAsync(Terminal terminal, string name, Pence before, Pence price, CancellationToken cancel)
    {
        if (!terminal.IsInteractive)
            return false;

        terminal.Out.Write($"{name}: {before} → {price}. Is that meant? [y/N] ");
        terminal.Out.Flush();
        string? typed = await Task.Run(terminal.In.ReadLine, CancellationToken.None).WaitAsync(cancel);
        return typed?.Trim() is "y" or "Y" or "yes";
    }
}
