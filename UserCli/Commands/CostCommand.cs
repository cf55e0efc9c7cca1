using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user cost</c>: what a cart would cost, without delivery and tip. JSON: <c>{lines, total}</c>.</summary>
internal sealed class CostCommand : AnsweringCommandLine
{
    [Option("item", MetaValue = "NAME=QTY", HelpText = "A product and how many; again for more.")]
    public IEnumerable<string> Items { get; init; } = [];

    public Typed<Act> Parse(Terminal terminal) =>
        from options in ParseShop()
        from cart in ItemArguments.Parse(Items)
        select CommandRun.Of(options, terminal, async run => await run.PrintAsync<CostAnswer>(
            await run.Shop.CostAsync(cart.Lines, run.Cancel), (text, cost) => ShopText.WriteCost(text, cost.Lines, cost.Total), ShopJson.WriteCost));
}
