using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Menus.OnTerminal;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>
/// <c>user shop orders</c>: what to cook, for whom, and since when. JSON: an array of orders by rising number, each with its customer;
/// with --watch, one such line whenever the array has changed.
/// </summary>
internal sealed class ShopOrdersCommand : OwnerCommandLine
{
    [Option("active", HelpText = "Only those that are neither delivered nor cancelled.")]
    public bool OnlyActive { get; init; }

    [Option("watch", HelpText = "Go on showing the active ones as they come and go, until ctrl-C.")]
    public bool Watch { get; init; }

    /// <summary>Only active orders are watched: otherwise all the old orders would be read again every two seconds.</summary>
    private bool IsActiveOnly => OnlyActive || Watch;

    private string WhenEmpty => IsActiveOnly ? OwnerText.NothingToCook : OwnerText.NoOrders;

    public Typed<Act> Parse(Terminal terminal) => ParseOwner().Select(owner => Watch ? ToWatch(owner, terminal) : CommandRun.Of(
        owner.Shop, terminal, async run => await PrintAsync(run, await owner.ShopOf(run).OrdersAsync(IsActiveOnly, run.Cancel))));

    private Act ToWatch(OwnerOptions owner, Terminal terminal)
    {
        OrderBoard? board = terminal.IsInteractive && !Json ? new OrderBoard(Looks.ConsoleOfProcess(), WhenEmpty, TimeProvider.System) : null;
        return () => CommandRun.RunAsync(owner.Shop, terminal, run => WatchAsync(run, owner.ShopOf(run), board), board);
    }

    private async Task<int> WatchAsync(CommandRun run, OwnedShop shop, OrderBoard? board)
    {
        using OutputPipe pipe = OutputPipe.Watch(run.Cancel);
        try
        {
            Func<Task<Answer>> look = () => shop.OrdersAsync(IsActiveOnly, pipe.Token);
            Answer answer = await look();
            if (answer is not ShopOrdersAnswer first)
                return await PrintAsync(run, answer);

            Answer refusal = board is null
                ? await OrderBoard.FollowAsync(first, look, orders => PrintAsync(run, orders), pipe.Token)
                : await board.DrawAsync(first, look, pipe.Token);
            return await PrintAsync(run, refusal);
        }
        catch (Exception e) when (pipe.Token.IsCancellationRequested && e is OperationCanceledException or UnavailableException)
        {
            return pipe.ExitCode; // ctrl-C is the normal end
        }
    }

    private Task<int> PrintAsync(CommandRun run, Answer answer) => run.PrintAsync<ShopOrdersAnswer>(
        answer,
        (text, shown) =>
        {
            if (shown.Orders.Count == 0)
                text.WriteLine(WhenEmpty);
            else
                OwnerText.WriteTickets(text, shown.Orders, DateTimeOffset.UtcNow);
        },
        (json, shown) => ShopJson.WriteArray(json, shown.Orders, OwnerJson.WriteShopOrder));
}
