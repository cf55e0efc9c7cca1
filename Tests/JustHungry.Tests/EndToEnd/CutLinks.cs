using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>Links that lose everything, in one direction or both, while the processes at their ends are fine.</summary>
[SideBySide]
public sealed class CutLinks
{
    /// <summary>300 ms of silence, 2 s in which the members still hear the primary, and the promotion; the rest is for a busy machine.</summary>
    private const int ResumeDeadlineMs = 10_000;

    [TestCase(Role.FrontEnd, "ToServer", true, TestName = "From_the_front_end_to_the_primary")]
    [TestCase(Role.FrontEnd, "FromServer", true, TestName = "From_the_primary_to_the_front_end")]
    [TestCase(Role.Replica, "ToServer", false, TestName = "From_the_primary_to_a_backup")]
    [TestCase(Role.Replica, "FromServer", false, TestName = "From_a_backup_to_the_primary")]
    public Task Orders_go_on_after_a_cut(Role dialler, string flow, bool ofPrimary) => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        await using ProxiedServers proxies = await ProxiedServers.StartAsync(cluster);
        GroupStatus before = await cluster.SettledAsync("1", "2", "3");
        string primary = before.View!.Primary;
        string cut = ofPrimary ? primary : before.Members.First(id => id != primary);
        await using Load load = await Load.BeginAsync(cluster);

        double since = load.NowMs;
        proxies[cut].Cut(hello => hello.Role == dialler, Enum.Parse<Flow>(flow));
        await load.AcknowledgesAsync(50, ResumeDeadlineMs);
        TestContext.Out.WriteLine($"longest stall {load.LongestStallMs(since):0} ms");
        if (ofPrimary)
            await cluster.StatusWhenAsync("another is the primary", s => s.View!.Primary != cut);
        else
            await cluster.StatusWhenAsync("the backup is dropped", s => !s.Members.Contains(cut));

        proxies[cut].Heal();
        await load.AcknowledgesAsync(50);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    [Test]
    public Task A_primary_cut_off_from_all_others_answers_no_read() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        await using ProxiedServers proxies = await ProxiedServers.StartAsync(cluster);
        GroupStatus before = await cluster.SettledAsync("1", "2", "3");
        string old = before.View!.Primary;
        var epoch = new Epoch(before.View.Epoch);
        await using RpcClient frontEnd = await DialAsFrontEndAsync(proxies.ListeningOf(old)); // not through the proxy
        (await AskForBarrierAsync(frontEnd, epoch)).Should().Be(MessageType.Propagated, "it leads");

        // Quiet, so that everything in its log is on all disks: only a round through its backups could tell it that it was replaced.
        proxies.Isolate(old);
        await using Load load = await Load.BeginAsync(cluster);
        Task<MessageType> barrier = AskForBarrierAsync(frontEnd, epoch);
        await load.AcknowledgesAsync(100);
        barrier.IsCompleted.Should().BeFalse("a read behind this barrier would not show the new orders");

        proxies.Heal();
        (await barrier.WaitAsync(TimeSpan.FromMilliseconds(Poll.DeadlineMs))).Should().Be(MessageType.Refused);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    private static Task<RpcClient> DialAsFrontEndAsync(Endpoint replica)
    {
        var boot = new BootId(FreshIds.Next());
        var hello = new Hello(Role.FrontEnd, boot.ToString(), DiskId.None, boot, ClusterId.None, "JH_orders");
        return RpcClient.ConnectAsync(replica, Role.Replica, hello, TimeSpan.FromSeconds(5), CancellationToken.None);
    }

    private static Task<MessageType> AskForBarrierAsync(RpcClient frontEnd, Epoch epoch) =>
        frontEnd.CallAsync(new PropagateBackup(epoch), frame => frame.Type, CancellationToken.None);
}
