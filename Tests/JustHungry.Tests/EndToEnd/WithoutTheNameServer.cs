using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>The name server is dead: no view changes, so each member is needed.</summary>
[NonParallelizable]
public sealed class WithoutTheNameServer
{
    /// <summary>A second on an idle machine.</summary>
    private const int ResumeDeadlineMs = 10_000;

    [TestCase(2)]
    [TestCase(3)]
    public Task A_member_that_is_killed_and_started_again_takes_part_again_and_registers_later(int servers) => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        string[] ids = [.. Enumerable.Range(1, servers).Select(i => $"{i}")];
        foreach (string id in ids)
            await cluster.StartServerAsync(id, "--listen", FreePorts.TakeEndpoint().ToString()); // found again where it was
        await cluster.StartFrontEndAsync("--when-short", "wait"); // however long a loaded machine takes to start a server
        GroupStatus before = await cluster.SettledAsync(ids);
        string backup = before.Members.First(id => id != before.View!.Primary);
        await using Load load = await Load.BeginAsync(cluster);

        await cluster.NameServer.KillAsync();
        await cluster.Servers[backup].KillAsync();
        double since = load.NowMs;
        RealProcess restarted = cluster.BeginServer(backup);
        await load.AcknowledgesAsync(50, ResumeDeadlineMs);
        TestContext.Out.WriteLine($"the first order after {await load.FirstAcknowledgementAfterAsync(since):0} ms");
        restarted.Output.Should().BeEmpty("it is not registered");

        await cluster.StartNameServerAsync();
        await restarted.ReadyAsync(); // it has its name
        await load.AcknowledgesAsync(20);
        await Books.CheckAsync(cluster, load, ids);
    });
}
