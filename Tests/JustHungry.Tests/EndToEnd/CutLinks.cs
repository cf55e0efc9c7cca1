using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>A link that loses everything in one direction, while both ends and all other links are fine.</summary>
[NonParallelizable]
public sealed class CutLinks
{
    /// <summary>300 ms of silence, 2 s in which the members still hear the primary, and the promotion; the rest is for a busy machine.</summary>
    private const int ResumeDeadlineMs = 10_000;

    [TestCase(Role.FrontEnd, Flow.ToServer, true, TestName = "From_the_front_end_to_the_primary")]
    [TestCase(Role.FrontEnd, Flow.FromServer, true, TestName = "From_the_primary_to_the_front_end")]
    [TestCase(Role.Replica, Flow.ToServer, false, TestName = "From_the_primary_to_a_backup")]
    [TestCase(Role.Replica, Flow.FromServer, false, TestName = "From_a_backup_to_the_primary")]
    public Task Orders_go_on_after_a_cut(object dialler, object flow, bool ofPrimary) => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        var proxies = new SortedDictionary<string, TcpProxy>(StringComparer.Ordinal);
        try
        {
            foreach (string id in new[] { "1", "2", "3" })
            {
                Endpoint listen = TcpProxy.FreeEndpoint();
                proxies[id] = new TcpProxy(listen);
                await cluster.StartServerAsync(id, "--listen", listen.ToString(), "--advertise", proxies[id].Endpoint.ToString());
            }

            await cluster.StartFrontEndAsync();
            GroupStatus before = await cluster.SettledAsync("1", "2", "3");
            string primary = before.View!.Primary;
            string cut = ofPrimary ? primary : before.Members.First(id => id != primary);
            await using Load load = await Load.BeginAsync(cluster);

            double since = load.NowMs;
            proxies[cut].Cut((Role)dialler, (Flow)flow);
            await load.AcknowledgesAsync(50, ResumeDeadlineMs);
            TestContext.Out.WriteLine($"longest stall {load.LongestStallMs(since):0} ms");
            GroupStatus after = await cluster.StatusWhenAsync("the view has changed", s => s.View!.Epoch > before.View.Epoch);
            if (ofPrimary)
                after.View!.Primary.Should().NotBe(primary);
            else
                (after.View!.Primary, after.Members.Contains(cut)).Should().Be((primary, false));

            proxies[cut].Heal();
            await load.AcknowledgesAsync(50);
            await Books.CheckAsync(cluster, load, "1", "2", "3");
        }
        finally
        {
            foreach (TcpProxy proxy in proxies.Values)
                await proxy.DisposeAsync();
        }
    });
}
