using System.Diagnostics;
using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>Each kind of process dies, freezes or is stopped under load, and nothing that was acknowledged is lost, doubled or stale.</summary>
[SideBySide]
public sealed class KillingProcesses
{
    private const int AloneMs = 300;

    [TestCase("primary")]
    [TestCase("backup")]
    [TestCase("front end")]
    [TestCase("name server")]
    public Task Kill_9_under_load_of_the(string kind) => Scenario.RunAsync(() => Cluster.StartAsync(frontEnds: 2), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        string primary = await cluster.PrimaryAsync();
        string victim = kind == "primary" ? primary : cluster.Servers.Keys.First(id => id != primary);
        RealProcess process = kind switch
        {
            "front end" => cluster.FrontEnds[0],
            "name server" => cluster.NameServer,
            _ => cluster.Servers[victim],
        };

        await process.KillAsync();
        await load.AcknowledgesAsync(50);
        await (kind switch
        {
            "front end" => cluster.StartFrontEndAsync(),
            "name server" => cluster.StartNameServerAsync(),
            _ => cluster.StartServerAsync(victim),
        });
        await load.AcknowledgesAsync(50);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    [Test]
    public Task Everything_is_there_after_kill_9_of_every_process_at_once() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        await load.AcknowledgesAsync(50);

        // What the primary promises now, without its backups, would die with it.
        string primary = await cluster.PrimaryAsync();
        foreach ((string id, RealProcess server) in cluster.Servers)
        {
            if (id != primary)
                server.Signal(ProcessSignals.Freeze);
        }

        long frozen = Stopwatch.GetTimestamp();
        await Poll.UntilAsync("the backups were frozen for a while", () => Stopwatch.GetElapsedTime(frozen).TotalMilliseconds >= AloneMs);
        await Task.WhenAll(cluster.Servers.Values.Append(cluster.NameServer).Append(cluster.FrontEnds[0]).Select(p => p.KillAsync()));

        await cluster.StartNameServerAsync();
        await Task.WhenAll(cluster.Servers.Keys.ToArray().Select(id => cluster.StartServerAsync(id)));
        await cluster.StartFrontEndAsync();
        await load.AcknowledgesAsync(50);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    [Test]
    public Task Stopping_the_primary_hands_over_first_and_no_user_sees_an_error() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        string primary = await cluster.PrimaryAsync();
        double stopped = load.NowMs;
        (await cluster.Servers[primary].StopAsync()).Should().Be(0);
        await load.AcknowledgesAsync(50);

        load.TriedAgain.Should().Be(0, "the front end takes the requests to the next primary");
        TestContext.Out.WriteLine($"planned stop of the primary: longest stall {load.LongestStallMs(stopped):0} ms");
        cluster.FrontEnds[0].Error.Should().Contain($"{primary} is stopping", "it said so and was replaced before it went");
        (await cluster.PrimaryAsync()).Should().NotBe(primary);
        await cluster.StartServerAsync(primary);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });
}
