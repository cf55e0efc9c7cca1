using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>How long users wait when the primary is killed, measured and printed.</summary>
[NonParallelizable]
public sealed class FailoverTime
{
    private const int Runs = 10;

    /// <summary>Far above what is usual (see the test's output): machines that run tests are busy.</summary>
    private const double WorstMs = 5_000;

    [Test]
    public Task Another_server_takes_over_in_a_moment() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster, users: 2, neverRests: true);
        var times = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            string primary = await cluster.PrimaryAsync();
            double killed = load.NowMs;
            await cluster.Servers[primary].KillAsync();
            times.Add(await load.FirstAcknowledgementAfterAsync(killed));
            await cluster.StartServerAsync(primary);
            await cluster.StatusWhenAsync("it is a member again", s => s.Members.SequenceEqual(["1", "2", "3"]));
        }

        times.Sort();
        TestContext.Out.WriteLine($"kill -9 of the primary, {Runs} runs: first new order acknowledged after {times[Runs / 2]:0} ms (median), {times[^1]:0} ms (worst)");
        times[^1].Should().BeLessThan(WorstMs);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });
}
