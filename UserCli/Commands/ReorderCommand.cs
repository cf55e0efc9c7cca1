using CommandLine;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Menus;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary>
/// <c>user reorder ORDER_ID</c>: with --delivery it places what 'user order' would with the same items; without, at a terminal, it
/// goes to the review of the cart and asks for the rest. JSON: the new order.
/// </summary>
internal sealed class ReorderCommand : DeliveryOptions
{
    [Value(0, MetaName = "ORDER_ID", HelpText = "As 'user orders' shows it.")]
    public string? OrderIdText { get; init; }

    private bool IsComplete => DeliveryText is not null;

    public override string? Validate() =>
        base.Validate() ?? OrderIdArgument.MistakeIn("reorder", OrderIdText) ?? (IsComplete ? MistakeInDelivery() : MistakeWithoutDelivery()) ?? MistakeInMoney();

    public Task<int> RunAsync(Terminal terminal)
    {
        _ = OrderIdArgument.TryParse(OrderIdText, out int orderId);
        if (IsComplete)
            return PlaceAsync(terminal, orderId);
        if (terminal.IsInteractive)
            return ReviewAsync(terminal, orderId);

        terminal.Error.WriteLine("user reorder: --delivery is missing, and there is no terminal to ask for it at.");
        terminal.Error.WriteLine("See 'user reorder --help'.");
        return Task.FromResult(ExitCode.Usage);
    }

    /// <summary>Who is asked for the delivery is asked for the tip and shown the total; JSON is for scripts.</summary>
    private string? MistakeWithoutDelivery() => Json || TipText != "0" || ExpectTotalText is not null ? MistakeInDelivery() : null;

    private Task<int> PlaceAsync(Terminal terminal, int orderId) => CommandRun.RunAsync(this, terminal, async run =>
    {
        Answer answer = await run.Shop.OrderAsync(orderId, run.Cancel);
        if (answer is OrderAnswer { Order: var old })
            answer = await run.Shop.PlaceAsync(ToDraft(Cart.Of(old).Lines), run.Cancel);
        return await run.PrintAsync<OrderAnswer>(
            answer,
            (text, placed) => ShopText.WriteReceipt(text, placed.Order),
            (json, placed) => ShopJson.WriteOrder(json, placed.Order));
    });

    private Task<int> ReviewAsync(Terminal terminal, int orderId) => MenuRun.RunAsync(this, terminal, async (menus, cancel) =>
        await menus.OrderAgainAsync(orderId, cancel) is { } refusal ? new CommandOutput(terminal, asJson: false).Refuse(refusal) : ExitCode.Done);
}
