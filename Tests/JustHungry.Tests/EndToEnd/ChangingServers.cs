using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using JustHungry.Server.Storage.Journal;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>Servers and disks come and go: new ones, wiped ones, damaged ones, full ones, and too few.</summary>
[SideBySide]
public sealed class ChangingServers
{
    [Test]
    public Task A_server_with_an_empty_disk_joins_and_becomes_the_primary() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        var alive = new List<string> { "1", "2", "3" };
        for (int next = 4; await cluster.PrimaryAsync() is var primary && primary != "4"; next++)
        {
            alive.Add(next.ToString(CultureInfo.InvariantCulture));
            await cluster.StartServerAsync(alive[^1]);
            await cluster.StatusWhenAsync($"the members are {string.Join(' ', alive)}", s => s.Members.SequenceEqual(alive));
            load.Sprint();
            await cluster.Servers[primary].KillAsync();
            alive.Remove(primary);
            await load.AcknowledgesAsync(20);
            await cluster.StatusWhenAsync("another is the primary", s => s.View!.Primary != primary);
        }

        await Books.CheckAsync(cluster, load, [.. alive]);
    });

    [Test]
    public Task A_wiped_disk_under_the_same_id_joins_as_a_new_one() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        GroupStatus before = await cluster.StatusAsync();
        string wiped = before.Members.First(id => id != before.View!.Primary);
        await cluster.Servers[wiped].KillAsync();
        cluster.WipeDisk(wiped);
        await cluster.StartServerAsync(wiped);

        string oldDisk = before.View!.Members.Single(m => m.Id == wiped).DiskId;
        await cluster.StatusWhenAsync("the new disk is a member", s => s.View!.Members.Any(m => m.Id == wiped && m.DiskId != oldDisk));
        await load.AcknowledgesAsync(20);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    [Test]
    [NonParallelizable] // the command must have started within the two seconds before the front end ends
    public Task With_one_server_left_users_are_told_and_the_front_end_ends() => Scenario.RunAsync(() => Cluster.StartAsync(servers: 2), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        string primary = await cluster.PrimaryAsync();
        RealProcess backup = cluster.Servers.First(s => s.Key != primary).Value;
        await backup.KillAsync();
        CommandResult order = await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day", "--retries", "0");
        order.ExitCode.Should().BeOneOf([3, 4], "it may have reached the server that is left");
        order.Json.GetProperty("message").GetString().Should().Contain("too few servers");
        (await cluster.FrontEnds[0].ExitAsync()).Should().Be(1);
        cluster.FrontEnds[0].Error.Should().Contain("ConnectionError: 1 of the 2 servers");
    });

    [Test]
    public Task With_one_server_left_a_front_end_that_waits_serves_again_when_another_is_back() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        await Task.WhenAll(cluster.StartServerAsync("1"), cluster.StartServerAsync("2"));
        await cluster.StartFrontEndAsync("--when-short", "wait");
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        string primary = await cluster.PrimaryAsync();
        string other = primary == "1" ? "2" : "1";
        await cluster.Servers[other].KillAsync();
        CommandResult order = await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day", "--retries", "0");
        order.ExitCode.Should().BeOneOf(3, 4);
        order.Json.GetProperty("message").GetString().Should().Contain("too few servers");
        cluster.FrontEnds[0].HasExited.Should().BeFalse();
        (await cluster.RunAsync("frontend", "status")).ShouldExit(1).Output.Should().StartWith($"NOT TAKING ORDERS: 1 of the 2 servers that orders need answers ({other} does not) - start {other} again");
        await Poll.UntilAsync("the front end has logged it", () => cluster.FrontEnds[0].Error.Contains("NOT TAKING ORDERS: 1 of the 2", StringComparison.Ordinal));

        await cluster.StartServerAsync(other);
        // The same order typed again is the one that was tried, whether it waits for its answer or was never sent.
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0).Json.GetProperty("orderId").GetInt32().Should().Be(1);
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(1);
    });

    [Test]
    public Task A_live_server_keeps_its_id_and_its_disk_and_a_dead_one_is_replaced_at_once() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.RunAsync("server", "1", "--postcodes", "offline", "--data-dir", Path.Combine(cluster.Directory, "other"))).ShouldExit(1)
            .Error.Should().Contain("a live server is registered as '1' already");
        (await cluster.RunAsync("server", "9", "--postcodes", "offline", "--data-dir", cluster.DataDirectory("1"))).ShouldExit(1)
            .Error.Should().Contain(cluster.DataDirectory("1"));

        await cluster.Servers["1"].KillAsync();
        long since = Stopwatch.GetTimestamp();
        await cluster.StartServerAsync("1");
        Stopwatch.GetElapsedTime(since).TotalSeconds.Should().BeLessThan(9, "it does not wait for the old lease of 10 s to end");
        await cluster.SettledAsync("1", "2", "3");
    });

    [Test]
    public Task A_damaged_log_stops_its_server_and_no_other() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
        string primary = await cluster.PrimaryAsync();
        string damaged = cluster.Servers.Keys.First(id => id != primary);
        await cluster.Servers[damaged].KillAsync();
        Damage(Path.Combine(cluster.DataDirectory(damaged), "journal-1"));

        RealProcess server = cluster.BeginServer(damaged);
        (await server.ExitAsync()).Should().Be(1);
        server.Error.Should().Contain("journal-1").And.Contain("cannot be read");
        server.Output.Should().NotContain("ready:");
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(2);
    });

    [Test]
    public Task A_full_disk_stops_its_server_and_the_shop_goes_on() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(cluster.Directory, "small"));
        await Task.WhenAll(cluster.StartServerAsync("1"), cluster.StartServerAsync("2"), cluster.StartServerAsync("3", "--data-dir", Path.Combine(disk.Path, "data")));
        await cluster.StartFrontEndAsync();
        await using Load load = await Load.BeginAsync(cluster);
        (await cluster.Servers["3"].ExitAsync(60_000)).Should().Be(1);
        cluster.Servers["3"].Error.Should().Contain("the disk failed");
        await load.AcknowledgesAsync(50);
        await Books.CheckAsync(cluster, load, "1", "2");
    });

    /// <summary>Flips a bit of a record that has others after it.</summary>
    private static void Damage(string journal)
    {
        const int SecondRecord = 2 * RecordFrame.BlockBytes;
        using FileStream file = File.Open(journal, FileMode.Open);
        file.Position = SecondRecord + RecordFrame.HeaderBytes;
        int old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ 1));
    }
}
