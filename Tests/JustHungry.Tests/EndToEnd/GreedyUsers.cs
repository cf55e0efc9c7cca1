using System.Globalization;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>What a stranger can take by asking for much: nothing from the others, and of each process no more than a bounded share.</summary>
[NonParallelizable]
public sealed class GreedyUsers
{
    private const int AttackMs = 5_000;
    private const int WaitMsMax = 1_000;
    private const long DaemonMemoryKbMax = 500_000;

    [Test]
    public Task Two_that_ask_for_a_long_catalogue_without_end_and_read_slowly() => Scenario.RunAsync(() => Cluster.StartAsync(catalogue: LongCatalogue()), async cluster =>
    {
        Endpoint frontEnd = await cluster.FrontEnds[0].ReadyAsync();
        ulong epoch = (await cluster.StatusAsync()).View!.Epoch;
        await using Load honest = await Load.BeginAsync(cluster, users: 2, neverRests: true);
        await using var one = new GreedyReader(frontEnd);
        await using var two = new GreedyReader(frontEnd);
        await Poll.UntilAsync("both are served", () => one.BytesRead > 0 && two.BytesRead > 0);
        double since = honest.NowMs;
        await Poll.UntilAsync("the attack has lasted a while", () => honest.NowMs - since > AttackMs);
        double[] waited = [.. honest.Users.SelectMany(u => u.Tries).Where(t => t.BegunMs >= since && t.AnsweredMs > 0).Select(t => t.AnsweredMs - t.BegunMs).Order()];
        long oldest = honest.Users.SelectMany(u => u.Tries).Where(t => t.AnsweredMs == 0).Select(t => (long)(honest.NowMs - t.BegunMs)).DefaultIfEmpty(0).Max();
        await honest.StopAsync();

        TestContext.Out.WriteLine(
            $"{waited.Length} orders, p50 {waited[waited.Length / 2]:0} ms, p99 {waited[waited.Length * 99 / 100]:0} ms, longest {waited[^1]:0} ms; " +
            $"the greedy read {(one.BytesRead + two.BytesRead) >> 20} MiB");
        Math.Max(waited[^1], oldest).Should().BeLessThan(WaitMsMax);
        (await cluster.StatusAsync()).View!.Epoch.Should().Be(epoch, "no view changed");
        foreach (RealProcess daemon in cluster.Servers.Values.Append(cluster.FrontEnds[0]))
        {
            long kb = PeakMemoryKb(daemon);
            TestContext.Out.WriteLine($"{daemon.Title}: {kb / 1000} MB at most");
            kb.Should().BeLessThan(DaemonMemoryKbMax, daemon.Title);
        }
    });

    /// <summary>As many products as a shop may have, with the longest names: an answer of 0.6 MB.</summary>
    private static List<StockedProduct> LongCatalogue() =>
    [
        .. StockedProduct.Plenty,
        .. Enumerable.Range(StockedProduct.Plenty.Count, OrderLimits.ProductsMax - StockedProduct.Plenty.Count)
            .Select(i => new StockedProduct($"{i:0000}{new string('\u98DF', OrderLimits.ProductNameCharsMax - 4)}", 1_000, 100)),
    ];

    private static long PeakMemoryKb(RealProcess process)
    {
        string path = $"/proc/{process.Id}/status";
        if (!File.Exists(path))
            return 0; // only Linux tells
        string line = File.ReadLines(path).Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
