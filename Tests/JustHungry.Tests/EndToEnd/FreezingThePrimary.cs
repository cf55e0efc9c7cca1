using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>A primary that was frozen wakes up in the belief that it still is one: it steps down, and nothing it took is lost or doubled.</summary>
[NonParallelizable]
public sealed class FreezingThePrimary
{
    private const int FrozenMs = 3_000;

    [Test]
    public Task A_primary_frozen_under_load_steps_down_when_it_wakes_up() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster, neverRests: true);
        string frozen = await cluster.PrimaryAsync();
        double froze = load.NowMs;
        cluster.Servers[frozen].Signal(ProcessSignals.Freeze);
        TestContext.Out.WriteLine($"frozen primary: first new order acknowledged after {await load.FirstAcknowledgementAfterAsync(froze):0} ms");
        await Poll.UntilAsync("it was frozen for 3 s", () => load.NowMs - froze >= FrozenMs);
        await load.AcknowledgesAsync(50);

        cluster.Servers[frozen].Signal(ProcessSignals.Thaw);
        await cluster.StatusWhenAsync("it is a member again", s => s.Members.SequenceEqual(["1", "2", "3"]));
        cluster.Servers[frozen].Error.Should().Contain("stepped down from epoch");
        await load.AcknowledgesAsync(50);
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });
}
