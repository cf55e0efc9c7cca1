using CommandLine;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Menus.OnTerminal;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>
/// <c>user shop orders</c>: what to cook, for whom, since when. JSON: an array of orders by rising number, each with its customer; with
/// --watch one array a line, whenever it has changed.
/// </summary>
internal sealed class ShopOrdersCommand : OwnerOptions
{
    [Option("active", HelpText = "Only those that are neither delivered nor cancelled.")]
    public bool OnlyActive { get; init; }

    [Option("watch", HelpText = "Go on showing the active ones as they come and go, until ctrl-C.")]
    public bool Watch { get; init; }

    /// <summary>What is watched is what there is to cook: the old orders of years would be read again every two seconds.</summary>
    private bool IsActiveOnly => OnlyActive || Watch;

    private string WhenEmpty => IsActiveOnly ? OwnerText.NothingToCook : OwnerText.NoOrders;

    public Task<int> RunAsync(Terminal terminal)
    {
        if (!Watch)
            return CommandRun.RunAsync(this, terminal, async run => await PrintAsync(run, await ShopOf(run).OrdersAsync(IsActiveOnly, run.Cancel)));

        OrderBoard? board = terminal.IsInteractive && !AsJson ? new OrderBoard(Looks.ConsoleOfProcess(), WhenEmpty, TimeProvider.System) : null;
        return CommandRun.RunAsync(this, terminal, run => WatchAsync(run, board), board);
    }

    private async Task<int> WatchAsync(CommandRun run, OrderBoard? board)
    {
        try
        {
            Answer answer = await ShopOf(run).OrdersAsync(IsActiveOnly, run.Cancel);
            if (answer is not ShopOrdersAnswer first)
                return await PrintAsync(run, answer);

            Func<Task<Answer>> look = () => ShopOf(run).OrdersAsync(IsActiveOnly, run.Cancel);
            Answer refusal = board is null
                ? await OrderBoard.FollowAsync(first, look, orders => PrintAsync(run, orders), run.Cancel)
                : await board.DrawAsync(first, look, run.Cancel);
            return await PrintAsync(run, refusal);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done; // ctrl-C is how it ends
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
