using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user order</c>. JSON: the order.</summary>
internal sealed class OrderCommand : DeliveryCommandLine
{
    [Option("item", MetaValue = "NAME=QTY", HelpText = "A product and how many; again for more.")]
    public IEnumerable<string> Items { get; init; } = [];

    public Typed<Act> Parse(Terminal terminal) =>
        from options in ParseShop()
        from cart in ItemArguments.Parse(Items)
        from choice in ParseDelivery()
        select CommandRun.Of(options, terminal, async run => await run.PrintAsync<OrderAnswer>(
            await run.Shop.PlaceAsync(choice.Of(cart.Lines), run.Cancel, IsAgain),
            (text, placed) => ShopText.WriteReceipt(text, placed.Order),
            (json, placed) => ShopJson.WriteOrder(json, placed.Order)));
}
