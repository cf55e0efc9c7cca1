using JustHungry.Benchmarks.Load;
using JustHungry.Benchmarks.Report;
using JustHungry.Benchmarks.Rig;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Benchmarks.Commands;

/// <summary>
/// <c>orders</c> and <c>mixed</c>: throughput and latency with a given number of users. Checks the books before it prints.
/// </summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(LoadOptions options, bool mixed)
    {
        try
        {
            Shop shop = options.NameServer is { } nameServer
                ? await Shop.FindAsync(nameServer, options.Group).ConfigureAwait(false)
                : await Shop.StartAsync(options.Replicas, options.Group, options.IsSecured).ConfigureAwait(false);
            await using (shop.ConfigureAwait(false))
            {
                List<Figures> all = [];
                foreach (int users in options.Users)
                    all.Add(await MeasureAsync(shop, options, users, mixed).ConfigureAwait(false));
                if (options.Plot is { } file)
                    await File.WriteAllTextAsync(file, ThroughputPlot.Draw($"{all[0].What} a second, {options.Replicas} replicas, each with fsync", all)).ConfigureAwait(false);
                return ExitCode.Done;
            }
        }
        catch (Exception e) when (e is BrokenPromiseException or InvalidOperationException or ConnectionLostException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Refused;
        }
    }

    private static async Task<Figures> MeasureAsync(Shop shop, LoadOptions options, int users, bool mixed)
    {
        Epoch began = (await shop.ViewAsync().ConfigureAwait(false)).Epoch;
        using var load = new ClosedLoop(shop, users, mixed);
        load.Start();
        await Progress.WaitAsync($"warming up {users} users", options.WarmUp).ConfigureAwait(false);
        Figures figures = await Measuring.WindowAsync(shop, load, mixed ? "requests" : "orders", users, options.Seconds, options.DistributionOf(users)).ConfigureAwait(false);
        load.Stop();
        long orders = load.CheckBooks();
        Epoch ended = (await shop.ViewAsync().ConfigureAwait(false)).Epoch;

        if (options.Json)
        {
            Console.WriteLine(figures.ToJson());
            return figures;
        }

        if (figures.Processes.Count > 1)
            Console.Write(figures.ToTable());
        Console.WriteLine($"books: {orders} orders acknowledged, each there once, and the stock adds up ({load.TriedAgain} requests had to be asked again)");
        if (ended != began)
            Console.WriteLine($"view: epoch {began} became {ended}: somebody was promoted, dropped or admitted meanwhile");
        Console.WriteLine(figures.LatencyLine);
        Console.WriteLine(figures);
        return figures;
    }
}
