using CommandLine;
using JustHungry.Benchmarks.Load;
using JustHungry.Benchmarks.Report;
using JustHungry.Benchmarks.Rig;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Benchmarks.Commands;

/// <summary><c>growth</c> as typed.</summary>
internal sealed class GrowthCommandLine : CommonCommandLine
{
    [Option("users", Default = 1024, MetaValue = "N", HelpText = "How many order at once.")]
    public int Users { get; init; } = 1024;

    [Option("seconds", Default = 3.0, MetaValue = "S", HelpText = "How long is measured at each size.")]
    public double Seconds { get; init; } = 3;

    [Option("orders", Default = "1000,100000,1000000", MetaValue = "N[,N…]", HelpText = "At how many orders held to measure; rising.")]
    public string OrdersText { get; init; } = "1000,100000,1000000";

    [Option("json", HelpText = "Print each figure as a line of JSON.")]
    public bool Json { get; init; }

    public Typed<GrowthOptions> Parse() =>
        from @group in ParseGroup()
        from orders in ParseOrders()
        from _ in Typed.Unless(
            Users is < 1 or > 16_384 ? $"--users {Users}: expected 1 to 16384."
            : Seconds is < 0.1 or > 600 ? $"--seconds {Seconds}: expected 0.1 to 600."
            : null)
        select new GrowthOptions(@group, Users, Seconds, orders, Json);

    private Typed<long[]> ParseOrders()
    {
        long[] orders = [.. OrdersText.Split(',').Select(n => long.TryParse(n, out long held) ? held : 0)];
        return orders.All(n => n > 0) ? orders : new Wrong($"--orders {OrdersText}: expected numbers, for example 1000,100000.");
    }
}

/// <summary>What <c>growth</c> measures.</summary>
internal sealed record GrowthOptions(string Group, int Users, double Seconds, long[] Orders, bool Json);

/// <summary><c>growth</c>: does the shop slow down as it accumulates orders, and how much memory does an order take?</summary>
internal static class GrowthCommand
{
    private const int PollMs = 10;

    /// <summary>
    /// How long a load of its own runs first, so that the programs compile their hot paths: the first thousand orders are too few for
    /// that.
    /// </summary>
    private const double WarmUpSeconds = 4;

    public static async Task<int> RunAsync(GrowthOptions options)
    {
        try
        {
            Shop shop = await Shop.StartAsync(replicas: 3, options.Group).ConfigureAwait(false);
            await using (shop.ConfigureAwait(false))
            {
                await WarmUpAsync(shop, options).ConfigureAwait(false);
                using var load = new ClosedLoop(shop, options.Users, mixed: false);
                load.Start();
                foreach (long orders in options.Orders)
                {
                    while (load.Acknowledged < orders)
                    {
                        Progress.Show($"until {orders} orders are held", (double)load.Acknowledged / orders);
                        await Task.Delay(PollMs).ConfigureAwait(false);
                    }

                    Progress.Clear();
                    long held = load.Acknowledged;
                    Figures figures = await Measuring.WindowAsync(shop, load, "orders", options.Users, options.Seconds).ConfigureAwait(false);
                    Console.Write(options.Json ? "" : figures.ToTable());
                    Console.WriteLine(options.Json ? figures.ToJson() : $"held={held} {figures}");
                }

                load.Stop();
                Console.Error.WriteLine($"books: {load.CheckBooks()} orders acknowledged, each there once, and the stock adds up");
                return ExitCode.Done;
            }
        }
        catch (Exception e) when (e is BrokenPromiseException or InvalidOperationException or ConnectionLostException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Refused;
        }
    }

    private static async Task WarmUpAsync(Shop shop, GrowthOptions options)
    {
        using var looks = new ClosedLoop(shop, options.Users, mixed: true);
        looks.Start();
        await Progress.WaitAsync("warming up", WarmUpSeconds).ConfigureAwait(false);
        looks.Stop();
    }
}
