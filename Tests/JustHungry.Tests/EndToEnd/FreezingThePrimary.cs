using System.Diagnostics;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>A primary that was frozen wakes up in the belief that it still is one: it may answer nothing that a user could be told.</summary>
[NonParallelizable]
public sealed class FreezingThePrimary
{
    private const int FrozenMs = 3_000;

    [Test]
    public Task A_primary_frozen_for_3_seconds_completes_no_barrier_and_steps_down() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        GroupStatus before = await cluster.StatusAsync();
        string frozen = before.View!.Primary;
        var epoch = new Epoch(before.View.Epoch);
        await using RpcClient frontEnd = await DialAsFrontEndAsync(await cluster.Servers[frozen].ReadyAsync());

        double froze = load.NowMs;
        cluster.Servers[frozen].Signal(ProcessSignals.Freeze);
        long since = Stopwatch.GetTimestamp();
        Task<MessageType> barrier = AskAsync(frontEnd, new PropagateBackup(epoch)); // waits in its socket until it wakes up
        TestContext.Out.WriteLine($"frozen primary: first new order acknowledged after {await load.FirstAcknowledgementAfterAsync(froze):0} ms");
        await load.AcknowledgesAsync(50);
        await Poll.UntilAsync("it was frozen for 3 s", () => Stopwatch.GetElapsedTime(since).TotalMilliseconds >= FrozenMs);

        cluster.Servers[frozen].Signal(ProcessSignals.Thaw);
        (await barrier.WaitAsync(TimeSpan.FromMilliseconds(Poll.DeadlineMs))).Should().NotBe(MessageType.Propagated, "a read behind it would be stale");
        await cluster.StatusWhenAsync("it is a member again", s => s.Members.SequenceEqual(["1", "2", "3"]));
        cluster.Servers[frozen].Error.Should().Contain("stepped down from epoch");
        await load.AcknowledgesAsync(50);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    private static Task<RpcClient> DialAsFrontEndAsync(Endpoint replica)
    {
        var boot = new BootId(FreshIds.Next());
        var hello = new Hello(Role.FrontEnd, boot.ToString(), DiskId.None, boot, ClusterId.None, "JH_orders");
        return RpcClient.ConnectAsync(replica, hello, TimeSpan.FromSeconds(5), CancellationToken.None);
    }

    /// <summary>The type of the answer; Refused also when the connection ended instead.</summary>
    private static async Task<MessageType> AskAsync(RpcClient client, PropagateBackup barrier)
    {
        try
        {
            return await client.CallAsync(barrier, frame => frame.Type, CancellationToken.None);
        }
        catch (ConnectionLostException)
        {
            return MessageType.Refused;
        }
    }
}
