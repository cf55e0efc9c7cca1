using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>Disks that are slow for good, and neither fail nor hang: orders go on, and the servers do not take turns.</summary>
[SideBySide]
public sealed class SlowDisks
{
    private const int SlowMemberMs = 1_500;
    private const int SlowSpareMs = 700;

    /// <summary>Four users, each of whose orders waits for the running sync and one more: about four orders in 3 s, 12 in 9 s.</summary>
    private const int Orders = 12;

    private const int OrdersDeadlineMs = 40_000;
    private const int WatchedMs = 20_000;

    /// <summary>What counts as a stall: many times what an order takes, and less than the slow disk does.</summary>
    private const int StallMs = 450;

    [TestCase(2, true, TestName = "Of_two_servers_the_primary")]
    [TestCase(2, false, TestName = "Of_two_servers_the_backup")]
    [TestCase(3, true, TestName = "Of_three_servers_the_primary")]
    public Task Orders_go_on_with_a_member_whose_sync_takes_a_second_and_a_half(int servers, bool isPrimary) => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        string[] ids = [.. Enumerable.Range(1, servers).Select(i => $"{i}")];
        Dictionary<string, SlowSync> disks = ids.ToDictionary(id => id, cluster.GiveSlowDisk);
        await Task.WhenAll(ids.Select(id => cluster.StartServerAsync(id)));
        await cluster.StartFrontEndAsync();
        GroupStatus before = await cluster.SettledAsync(ids);
        await using Load load = await Load.BeginAsync(cluster);

        SlowSync slow = disks[isPrimary ? before.View!.Primary : before.Members.First(id => id != before.View!.Primary)];
        slow.Takes(SlowMemberMs);
        double since = load.NowMs;
        await load.AcknowledgesAsync(Orders, OrdersDeadlineMs);
        await Poll.UntilAsync("it was slow for a while", () => load.NowMs - since >= SlowMemberMs * 6);
        ulong views = (await cluster.StatusAsync()).View!.Epoch - before.View!.Epoch;
        TestContext.Out.WriteLine($"{views} views, longest stall {load.LongestStallMs(since):0} ms");
        slow.Delayed.Should().BePositive("else nothing was slow");
        views.Should().BeLessThanOrEqualTo(2);

        slow.Takes(0);
        await load.AcknowledgesAsync(50);
        await cluster.StatusWhenAsync("all are members", s => s.Members.SequenceEqual(ids), OrdersDeadlineMs);
        await Books.CheckAsync(cluster, load, ids);
    });

    [Test]
    public Task A_spare_that_is_too_slow_stays_one_until_it_is_quick_again() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        SlowSync slow = cluster.GiveSlowDisk("3");
        await Task.WhenAll(cluster.StartServerAsync("1"), cluster.StartServerAsync("2"));
        await cluster.StartFrontEndAsync();
        await cluster.SettledAsync("1", "2");
        await using Load load = await Load.BeginAsync(cluster);
        ulong before = (await cluster.StatusAsync()).View!.Epoch;

        slow.Takes(SlowSpareMs);
        double since = load.NowMs;
        await cluster.BeginServer("3").ReadyAsync(OrdersDeadlineMs); // each file that it makes waits for several syncs
        await Poll.UntilAsync("it was slow for a while", () => load.NowMs - since >= WatchedMs, 2 * WatchedMs);
        double stalledMs = load.StalledMs(since, StallMs);
        ulong views = (await cluster.StatusAsync()).View!.Epoch - before;
        TestContext.Out.WriteLine($"{views} views, {stalledMs:0} ms of stalls in {WatchedMs} ms");
        slow.Delayed.Should().BeGreaterThan(10, "else nothing was slow");
        stalledMs.Should().BeLessThanOrEqualTo(4_000);
        views.Should().BeLessThanOrEqualTo(6, "it may have been tried twice");

        slow.Takes(0);
        await cluster.StatusWhenAsync("it is a member", s => s.Members.SequenceEqual(["1", "2", "3"]), OrdersDeadlineMs);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    [Test]
    public Task A_spare_that_is_too_slow_joins_when_nothing_commits_without_it() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        SlowSync slow = cluster.GiveSlowDisk("3");
        await Task.WhenAll(cluster.StartServerAsync("1"), cluster.StartServerAsync("2"));
        await cluster.StartFrontEndAsync();
        await cluster.SettledAsync("1", "2");
        await cluster.FrontEnds[0].StopAsync(); // so that nobody lets it join while it is quick
        await cluster.StartServerAsync("3");
        slow.Takes(SlowSpareMs);
        await cluster.StartFrontEndAsync();
        await using Load load = await Load.BeginAsync(cluster);
        await cluster.StatusWhenAsync("the primary has waited for its first ack", s => s.Find("3") is { Index: > 0 }, OrdersDeadlineMs);

        string backup = await cluster.PrimaryAsync() == "1" ? "2" : "1";
        await cluster.Servers[backup].KillAsync();
        double since = load.NowMs;
        await load.AcknowledgesAsync(Orders, OrdersDeadlineMs);
        TestContext.Out.WriteLine($"the first order after {await load.FirstAcknowledgementAfterAsync(since):0} ms");
        await cluster.StatusWhenAsync("the dead one is dropped", s => s.View!.Joining is null && !s.Members.Contains(backup), OrdersDeadlineMs);

        slow.Takes(0);
        await Books.CheckAsync(cluster, load, [.. new[] { "1", "2", "3" }.Where(id => id != backup)]);
    });
}
