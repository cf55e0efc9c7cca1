using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user cancel ORDER_ID</c>. JSON: the cancelled order.</summary>
internal sealed class CancelCommand : AnsweringCommandLine
{
    [Value(0, MetaName = "ORDER_ID", HelpText = "As 'user orders' shows it.")]
    public string? OrderIdText { get; init; }

    public Typed<Act> Parse(Terminal terminal) =>
        from options in ParseShop()
        from orderId in OrderIdArgument.Parse("cancel", OrderIdText)
        select CommandRun.Of(options, terminal, async run => await run.PrintAsync<OrderAnswer>(
            await run.Shop.CancelOrderAsync(orderId, run.Cancel),
            (text, cancelled) => text.WriteLine(ShopText.Cancelled(cancelled.Order)),
            (json, cancelled) => ShopJson.WriteOrder(json, cancelled.Order)));
}
