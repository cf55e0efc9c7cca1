using JustHungry.Protocol.Commands;
using JustHungry.UserCli.Commands;
using JustHungry.UserCli.Commands.Owner;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli;

/// <summary>The program <c>user</c>: its commands, and the menus, which run when no command is given.</summary>
internal static class UserProgram
{
    /// <summary>Listed below the usage line.</summary>
    private const string Common = "[OPTIONS]";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        try
        {
            return await Table(terminal).RunAsync(args);
        }
        catch (OutputException e)
        {
            terminal.Error.WriteLine(e.Message);
            return ExitCode.Refused;
        }
        catch (Exception e)
        {
            // A bug of ours: people should not see a stack trace. What was in flight stays in the profile.
            terminal.Error.WriteLine($"user: this should not have happened: {e.Message} ({e.GetType().Name}). What became of the request is not known: see 'user resume'.");
            return ExitCode.OutcomeUnknown;
        }
    }

    /// <summary>All commands.</summary>
    internal static CommandTable Table(Terminal terminal)
    {
        CommandTable table = Commands(terminal);
        return table.Add<CompletionCommand>(
            CompletionCommand.Name, "bash", "Tab completion: eval \"$(user completion bash)\" in ~/.bashrc.",
            ["eval \"$(user completion bash)\""], line => line.Parse(terminal, table));
    }

    private static CommandTable Commands(Terminal terminal) =>
        new CommandTable("user", "Orders food from JustHungry: menus for people, commands for scripts.")
            .Add<MenusCommand>(
                "", Common, "The menus: order, see your orders, cancel or repeat one.",
                ["user", "user --name-server 192.168.1.5:9090"], line => line.Parse(terminal))
            .Add<ProductsCommand>("products", Common, "What there is, how many are left, and the price of one.", ["user products"], line => line.Parse(terminal))
            .Add<DetailsCommand>(
                "details", "[--first-name NAME --last-name NAME --phone NUMBER --postcode CODE --address TEXT] " + Common,
                "Who you are and where the food goes: saved, or shown.",
                ["user details --first-name Ada --last-name King --phone 020-7946-0000 --postcode \"SW1A 1AA\" --address \"12 St James's Square\"", "user details"],
                line => line.Parse(terminal))
            .Add<CostCommand>(
                "cost", "--item NAME=QTY… " + Common, "What these items cost, without delivery and tip.", ["user cost --item apple=2 --item bread=1"],
                line => line.Parse(terminal))
            .Add<OrderCommand>(
                "order", "--item NAME=QTY… --delivery 2-hours|same-day|next-day [--tip 1.50] [--expect-total 8.73] " + Common, "Places an order.",
                ["user order --item apple=2 --item bread=1 --delivery same-day", "user order --item apple=2 --delivery 2-hours --tip 1.50 --expect-total 8.48 --json"],
                line => line.Parse(terminal))
            .Add<ReorderCommand>(
                "reorder", "ORDER_ID [--delivery 2-hours|same-day|next-day [--tip 1.50] [--expect-total 8.73]] " + Common,
                "Places an old order's items again, at today's prices.",
                ["user reorder 3 --delivery same-day", "user reorder 3     (at a terminal: shows the cart, then asks for the rest)"],
                line => line.Parse(terminal))
            .Add<OrdersCommand>("orders", "[--active] [--limit N] " + Common, "Your orders, the newest first.", ["user orders --limit 5", "user orders --active --json"], line => line.Parse(terminal))
            .Add<CancelCommand>("cancel", "ORDER_ID " + Common, "Cancels an order.", ["user cancel 3"], line => line.Parse(terminal))
            .Add<ResumeCommand>(
                "resume", "[--forget] " + Common, "Asks again what became of a request that had no answer.", ["user resume"],
                line => line.Parse(terminal))
            .Add<WhoAmICommand>("whoami", Common, "Your user id and where your profile is.", ["user whoami"], line => line.Parse(terminal))
            .AddGroup("shop", "Runs the shop, for its owner: products, orders to cook, takings.")
            .Add<ShopOrdersCommand>(
                "shop orders", "[--active] [--watch] " + Common, "What to cook, for whom, since when.", ["user shop orders --active --watch", "user shop orders --json"],
                line => line.Parse(terminal))
            .Add<CompleteCommand>("shop complete", "USER ORDER_ID " + Common, "An order was delivered.", ["user shop complete 3f2a9c01 2"], line => line.Parse(terminal))
            .Add<CancelForUserCommand>(
                "shop cancel", "USER ORDER_ID " + Common, "An order can't be made: cancels it, and puts its items back.", ["user shop cancel 3f2a9c01 2"], line => line.Parse(terminal))
            .Add<AddCommand>(
                "shop add", "NAME --price POUNDS [--stock N] " + Common, "Sells a new product.", ["user shop add plum --price 1.20 --stock 10"], line => line.Parse(terminal))
            .Add<PriceCommand>("shop price", "NAME PRICE [--yes] " + Common, "Another price, for orders from now on.", ["user shop price plum 0.95"], line => line.Parse(terminal))
            .Add<RestockCommand>("shop restock", "NAME QTY " + Common, "So many more of a product.", ["user shop restock plum 20"], line => line.Parse(terminal))
            .Add<RetireCommand>("shop retire", "NAME " + Common, "Sells a product no more.", ["user shop retire plum"], line => line.Parse(terminal))
            .Add<RotateKeyCommand>(
                "shop rotate-key", Common, "Another owner's key; the one before opens nothing any more.", ["user shop rotate-key --owner-key-file ~/owner-key"],
                line => line.Parse(terminal))
            .Add<ReportCommand>(
                "shop report", "[--since DATE] [--top N] " + Common, "Takings, orders and top products.", ["user shop report --since today", "user shop report --since 2026-11-01 --top 3"],
                line => line.Parse(terminal));
}
