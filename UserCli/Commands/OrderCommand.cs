using CommandLine;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user order</c>. JSON: the order.</summary>
internal sealed class OrderCommand : DeliveryOptions
{
    [Option("item", MetaValue = "NAME=QTY", HelpText = "A product and how many; again for more.")]
    public IEnumerable<string> Items { get; init; } = [];

    public override string? Validate() => base.Validate() ?? ItemArguments.Parse(Items, out _) ?? MistakeInDelivery() ?? MistakeInMoney();

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = ItemArguments.Parse(Items, out Cart cart);
        return await run.PrintAsync<OrderAnswer>(
            await run.Shop.PlaceAsync(ToDraft(cart.Lines), run.Cancel),
            (text, placed) => ShopText.WriteReceipt(text, placed.Order),
            (json, placed) => ShopJson.WriteOrder(json, placed.Order));
    });
}
