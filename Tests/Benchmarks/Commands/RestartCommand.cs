using CommandLine;
using JustHungry.Benchmarks.Load;
using JustHungry.Benchmarks.Report;
using JustHungry.Benchmarks.Rig;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Benchmarks.Commands;

/// <summary><c>restart</c> as typed.</summary>
internal sealed class RestartCommandLine : CommonCommandLine
{
    [Option("users", Default = 64, MetaValue = "N", HelpText = "How many go on ordering while a server joins.")]
    public int Users { get; init; } = 64;

    [Option("seconds", Default = 5.0, MetaValue = "S", HelpText = "How long their usual latency is measured before.")]
    public double Seconds { get; init; } = 5;

    [Option("orders", Default = 1_000_000L, MetaValue = "N", HelpText = "How many orders are held.")]
    public long Orders { get; init; } = 1_000_000;

    [Option("json", HelpText = "Print JSON.")]
    public bool Json { get; init; }

    public Typed<RestartOptions> Parse() =>
        from @group in ParseGroup()
        from _ in Typed.Unless(
            Users is < 1 or > 16_384 ? $"--users {Users}: expected 1 to 16384."
            : Seconds is < 0.1 or > 600 ? $"--seconds {Seconds}: expected 0.1 to 600."
            : Orders is < 1 ? $"--orders {Orders}: expected 1 or more."
            : null)
        select new RestartOptions(@group, Users, Seconds, Orders, Json);
}

/// <summary>What <c>restart</c> measures.</summary>
internal sealed record RestartOptions(string Group, int Users, double Seconds, long Orders, bool Json);

/// <summary>
/// <c>restart</c>: with many orders held, how long it takes until a killed server is ready again and until an empty one is a member, and
/// what users notice meanwhile.
/// </summary>
internal static class RestartCommand
{
    private const int FillUsers = 1024;
    private const int PollMs = 20;
    private const string Newcomer = "4";

    public static async Task<int> RunAsync(RestartOptions options)
    {
        try
        {
            Shop shop = await Shop.StartAsync(replicas: 3, options.Group).ConfigureAwait(false);
            await using (shop.ConfigureAwait(false))
            {
                await MeasureAsync(shop, options).ConfigureAwait(false);
                return ExitCode.Done;
            }
        }
        catch (Exception e) when (e is BrokenPromiseException or InvalidOperationException or ConnectionLostException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Refused;
        }
    }

    private static async Task MeasureAsync(Shop shop, RestartOptions options)
    {
        await FillAsync(shop, options.Orders).ConfigureAwait(false);

        string primary = await shop.PrimaryAsync().ConfigureAwait(false);
        string backup = primary == "3" ? "2" : "3";
        await shop.KillServerAsync(backup).ConfigureAwait(false);
        long from = TimeProvider.System.GetTimestamp();
        await shop.StartServerAsync(backup).ConfigureAwait(false);
        double readySeconds = TimeProvider.System.GetElapsedTime(from).TotalSeconds;
        await shop.SettledAsync("1", "2", "3").ConfigureAwait(false);

        using var load = new ClosedLoop(shop, options.Users, mixed: false);
        load.Start();
        Window window = load.OpenWindow();
        await Progress.WaitAsync("the users' usual latency", options.Seconds).ConfigureAwait(false);
        Latencies usual = window.Close();

        from = TimeProvider.System.GetTimestamp();
        window = load.OpenWindow();
        await shop.StartServerAsync(Newcomer).ConfigureAwait(false);
        await shop.SettledAsync("1", "2", "3", Newcomer).ConfigureAwait(false);
        Latencies meanwhile = window.Close();
        double joinSeconds = TimeProvider.System.GetElapsedTime(from).TotalSeconds;
        load.Stop();
        load.CheckBooks();

        Console.WriteLine(options.Json
            ? System.Text.Json.JsonSerializer.Serialize(new
            {
                orders = options.Orders,
                readySeconds,
                joinSeconds,
                usualP99Ms = usual.Quantile(0.99),
                joiningP99Ms = meanwhile.Quantile(0.99),
                longestMs = meanwhile.Quantile(1),
            })
            : $"orders={options.Orders} ready={readySeconds:F2}s joined={joinSeconds:F2}s p99={usual.Quantile(0.99):F2}ms p99-while-joining={meanwhile.Quantile(0.99):F2}ms longest={meanwhile.Quantile(1):F2}ms");
    }

    private static async Task FillAsync(Shop shop, long orders)
    {
        using var load = new ClosedLoop(shop, FillUsers, mixed: false);
        load.Start();
        while (load.Acknowledged < orders)
        {
            Progress.Show($"until {orders} orders are held", (double)load.Acknowledged / orders);
            await Task.Delay(PollMs).ConfigureAwait(false);
        }

        Progress.Clear();
        load.Stop();
    }
}
