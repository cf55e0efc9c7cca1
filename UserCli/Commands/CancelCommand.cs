using CommandLine;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user cancel ORDER_ID</c>. JSON: the order, cancelled.</summary>
internal sealed class CancelCommand : AnsweringOptions
{
    [Value(0, MetaName = "ORDER_ID", HelpText = "As 'user orders' shows it.")]
    public string? OrderIdText { get; init; }

    public override string? Validate() => base.Validate() ?? OrderIdArgument.MistakeIn("cancel", OrderIdText);

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = OrderIdArgument.TryParse(OrderIdText, out int orderId);
        return await run.PrintAsync<OrderAnswer>(
            await run.Shop.CancelOrderAsync(orderId, run.Cancel),
            (text, cancelled) => text.WriteLine(ShopText.Cancelled(cancelled.Order)),
            (json, cancelled) => ShopJson.WriteOrder(json, cancelled.Order));
    });
}
