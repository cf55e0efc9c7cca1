using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary><c>--metrics H:P</c> on every daemon: what Prometheus would scrape.</summary>
[SideBySide]
public sealed class Measuring
{
    [Test]
    public Task Every_daemon_serves_what_it_measures() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        int[] ports = FreePorts.Take(4);
        RealProcess names = cluster.Start("a name server", "nameserver", "--listen", "127.0.0.1:0", "--storage", "memory", "--metrics", $"127.0.0.1:{ports[0]}");
        await names.ReadyAsync();
        await cluster.StartServerAsync("1", "--metrics", $"127.0.0.1:{ports[1]}");
        await cluster.StartServerAsync("2", "--metrics", $"127.0.0.1:{ports[2]}");
        await cluster.StartFrontEndAsync("--metrics", $"127.0.0.1:{ports[3]}");
        await using Load load = await Load.BeginAsync(cluster);
        await load.AcknowledgesAsync(20);

        string[] expected =
        [
            "justhungry_frontend_requests{outcome=\"Done\",type=\"PlaceOrder\"}", "justhungry_frontend_barrier_time_bucket{", "justhungry_frontend_requests_waiting ",
            "justhungry_frontend_users ", "justhungry_frontend_view_changes{by=\"this\"}",
        ];
        await Poll.UntilAsync("the front end's are there", async () => ContainsAll(await ReadAsync(ports[3]), expected));
        string[] servers = ["justhungry_server_commit_time_bucket{", "justhungry_server_batch_entries_sum ", "justhungry_server_log_commit ", "justhungry_server_loop_queue "];
        foreach (int port in ports[1..3])
            await Poll.UntilAsync("a server's are there", async () => ContainsAll(await ReadAsync(port), servers));
        int primary = ports[await cluster.PrimaryAsync() == "1" ? 1 : 2];
        await Poll.UntilAsync("the primary's are there", async () => ContainsAll(await ReadAsync(primary), ["justhungry_server_primary 1", "justhungry_server_follower_lag{follower="]));
        await Poll.UntilAsync("the name server's are there", async () => ContainsAll(await ReadAsync(ports[0]), ["justhungry_nameserver_names 0", "justhungry_nameserver_groups "]));

        foreach (int port in ports)
            (await ReadAsync(port, "healthz")).Should().NotContain("HANGS");
        (await ReadAsync(ports[3], "readyz")).Should().Be("DEGRADED: 2 members, and orders need 2: the next loss stops them - start another server\n");

        CommandResult taken = (await cluster.RunAsync("server", "9", "--postcodes", "offline", "--metrics", $"127.0.0.1:{ports[0]}")).ShouldExit(1);
        taken.Error.Should().Contain($"--metrics 127.0.0.1:{ports[0]}: can't listen there").And.NotContain("   at ");
    });

    private static bool ContainsAll(string text, string[] wanted) => wanted.All(w => text.Contains(w, StringComparison.Ordinal));

    private static async Task<string> ReadAsync(int port, string path = "metrics")
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/{path}"));
    }
}
