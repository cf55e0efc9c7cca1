using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary>
/// <c>user reorder ORDER_ID</c>: with --delivery, places the order that 'user order' would place for the same items. Without it, at a
/// terminal, goes to the review of the cart and asks for the rest. JSON: the new order.
/// </summary>
internal sealed class ReorderCommand : DeliveryCommandLine
{
    [Value(0, MetaName = "ORDER_ID", HelpText = "As 'user orders' shows it.")]
    public string? OrderIdText { get; init; }

    /// <summary>
    /// If the delivery is asked for, so is the tip, and the total is shown, so none of these may be given. JSON is for scripts, which
    /// can't be asked.
    /// </summary>
    private bool AsksForTheRest => DeliveryText is null && !Json && TipText == NoTip && ExpectTotalText is null;

    public Typed<Act> Parse(Terminal terminal) =>
        from options in ParseShop()
        from orderId in OrderIdArgument.Parse("reorder", OrderIdText)
        from act in AsksForTheRest ? ParseReview(options, terminal, orderId) : ParseDelivery().Select(choice => Place(options, terminal, orderId, choice))
        select act;

    private static Typed<Act> ParseReview(ShopOptions options, Terminal terminal, int orderId) =>
        terminal.IsInteractive ? Review(options, terminal, orderId) : new Wrong("--delivery is missing, and there is no terminal to ask for it at.");

    private Act Place(ShopOptions options, Terminal terminal, int orderId, DeliveryChoice choice) => CommandRun.Of(options, terminal, async run =>
    {
        Answer answer = await run.Shop.OrderAsync(orderId, run.Cancel);
        if (answer is OrderAnswer { Order: var old })
            answer = await run.Shop.PlaceAsync(choice.Of(Cart.Of(old).Lines), run.Cancel, IsAgain);
        return await run.PrintAsync<OrderAnswer>(
            answer,
            (text, placed) => ShopText.WriteReceipt(text, placed.Order),
            (json, placed) => ShopJson.WriteOrder(json, placed.Order));
    });

    private static Act Review(ShopOptions options, Terminal terminal, int orderId) => MenuRun.Of(options, terminal, async (menus, cancel) =>
        await menus.OrderAgainAsync(orderId, cancel) is { } refusal ? new CommandOutput(terminal, asJson: false).Refuse(refusal) : ExitCode.Done);
}
