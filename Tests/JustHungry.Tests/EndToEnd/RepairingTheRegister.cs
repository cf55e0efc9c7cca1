using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>The name server's file is lost, and the server that starts first is the one that was dropped long ago.</summary>
[SideBySide]
public sealed class RepairingTheRegister
{
    [Test]
    public Task A_repair_says_what_it_would_lose_and_loses_nothing_once_the_members_answer() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        await OrderAsync(cluster);
        ViewStatus view = (await cluster.StatusAsync()).View!;
        string early = view.Members.Select(m => m.Id).First(id => id != view.Primary);
        string[] others = [.. new[] { "1", "2", "3" }.Where(id => id != early)];
        await cluster.Servers[early].KillAsync();
        await cluster.SettledAsync(others);
        await OrderAsync(cluster);

        foreach (RealProcess process in cluster.Servers.Values.Concat(cluster.FrontEnds).Append(cluster.NameServer).Where(p => !p.HasExited))
            await process.KillAsync();
        foreach (string file in Directory.GetFiles(Path.Combine(cluster.Directory, "home"), "nameserver.db*"))
            File.Delete(file);
        await cluster.StartNameServerAsync();
        await cluster.StartServerAsync(early);

        RealProcess repair = cluster.Start("repair", "nameserver", "repair");
        repair.EndInput();
        (await repair.ExitAsync()).Should().Be(1, "nothing was typed");
        repair.Error.Should().Contain("MAY LOSE ORDERS").And.Contain($"Only server {early} goes on");

        foreach (string id in others)
            await cluster.StartServerAsync(id);
        CommandResult repaired = (await cluster.RunAsync("nameserver", "repair", "--yes", "--json")).ShouldExit(0);
        repaired.Error.Should().Contain("KEEPS EVERY ORDER");
        repaired.Json.GetProperty("view").GetProperty("dataLoss").GetInt32().Should().Be(0);
        await cluster.StartFrontEndAsync();
        await cluster.SettledAsync("1", "2", "3");
        await OrderAsync(cluster);
        Directory.GetDirectories(Path.GetDirectoryName(cluster.DataDirectory(early))!).Should().HaveCountGreaterThan(3, $"what {early} had is kept under another name");

        foreach (string id in others)
        {
            await cluster.Servers[id].KillAsync();
            cluster.WipeDisk(id);
            await cluster.StartServerAsync(id);
            await cluster.SettledAsync("1", "2", "3");
        }

        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.EnumerateArray().Select(o => o.GetProperty("orderId").GetInt32()).Should().BeEquivalentTo([1, 2, 3]);
        await ReplicaTables.CheckEqualAsync(cluster, "1", "2", "3");
    });

    private static async Task OrderAsync(Cluster cluster) =>
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
}
