using CommandLine;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user cost</c>: what a cart would cost, without delivery and tip. JSON: <c>{lines, total}</c>.</summary>
internal sealed class CostCommand : AnsweringOptions
{
    [Option("item", MetaValue = "NAME=QTY", HelpText = "A product and how many; again for more.")]
    public IEnumerable<string> Items { get; init; } = [];

    public override string? Validate() => base.Validate() ?? ItemArguments.Parse(Items, out _);

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = ItemArguments.Parse(Items, out Cart cart);
        return await run.PrintAsync<CostAnswer>(
            await run.Shop.CostAsync(cart.Lines, run.Cancel), (text, cost) => ShopText.WriteCost(text, cost.Lines, cost.Total), ShopJson.WriteCost);
    });
}
