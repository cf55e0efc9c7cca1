using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user orders</c>. JSON: an array of orders by rising id, empty if there are none.</summary>
internal sealed class OrdersCommand : AnsweringCommandLine
{
    [Option("active", HelpText = "Only those that can still be cancelled.")]
    public bool OnlyActive { get; init; }

    public Typed<Act> Parse(Terminal terminal) => ParseShop().Select(options => CommandRun.Of(options, terminal, async run =>
        await run.PrintAsync<OrdersAnswer>(
            await run.Shop.OrdersAsync(OnlyActive, run.Cancel),
            (text, answer) =>
            {
                if (answer.Orders.Count == 0)
                    text.WriteLine(OnlyActive ? ShopText.NoActiveOrders : ShopText.NoOrders);
                else
                    ShopText.WriteOrders(text, answer.Orders);
            },
            (json, answer) => ShopJson.WriteArray(json, answer.Orders, ShopJson.WriteOrder))));
}
