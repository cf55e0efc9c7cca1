using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>Links that lose nothing, and carry little.</summary>
[SideBySide]
public sealed class ThinLinks
{
    private const int BytesPerSecond = 400_000;

    /// <summary>3 MB take 8 s, the cut and what follows it up to 5 s; the rest is for a busy machine.</summary>
    private const int JoinDeadlineMs = 40_000;

    [Test]
    public Task A_spare_behind_400_kB_a_second_joins_by_one_transfer_though_its_link_is_cut_meanwhile() => Scenario.RunAsync(() => Cluster.StartAsync(servers: 2), async cluster =>
    {
        await Crowd.ChangeDetailsAsync(await cluster.FrontEnds[0].ReadyAsync());
        Endpoint listening = FreePorts.TakeEndpoint();
        await using var proxy = new TcpProxy(listening);
        ThinLink link = proxy.Narrow(Flow.ToServer, BytesPerSecond);
        RealProcess spare = await cluster.StartServerAsync("3", "--listen", listening.ToString(), "--advertise", proxy.Endpoint.ToString());

        await Poll.UntilAsync("a part of the state has gone over", () => link.Bytes > 1_000_000);
        proxy.Cut(hello => hello.Role == Role.Replica, Flow.ToServer);
        RealProcess primary = await cluster.PrimaryProcessAsync();
        await Poll.UntilAsync("the primary dials anew", () => proxy.Dialled(Role.Replica) > 1);
        proxy.Heal();
        await cluster.StatusWhenAsync("the spare is a member", s => s.Members.Contains("3"), JoinDeadlineMs);
        TestContext.Out.WriteLine($"{link.Bytes / 1000} kB went to the spare");

        Count(primary, "sending 3 the checkpoint").Should().Be(1, "it goes on where it was");
        Count(spare, "receiving the primary's checkpoint").Should().Be(1);
        await using Load load = await Load.BeginAsync(cluster);
        await load.AcknowledgesAsync(20);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    private static int Count(RealProcess process, string text) => process.Error.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));
}
