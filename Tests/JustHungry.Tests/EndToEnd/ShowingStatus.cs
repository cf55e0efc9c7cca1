using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary><c>frontend status</c> says how things are, whatever has happened.</summary>
[NonParallelizable]
public sealed class ShowingStatus
{
    [Test]
    public Task It_shows_each_replica_as_it_is() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        GroupStatus healthy = await AskAsync(cluster);
        healthy.View.Should().BeEquivalentTo(new { Group = "JH_orders", MinReplicas = 2, DataLoss = 0 });
        healthy.Replicas.Select(r => r.Id).Should().BeEquivalentTo("1", "2", "3");
        healthy.Replicas.Should().OnlyContain(r => r.Reachable && r.Initialised && r.Epoch == healthy.View!.Epoch && r.Commit == r.Index);
        healthy.Replicas.Should().ContainSingle(r => r.Role == "primary").Which.Id.Should().Be(healthy.View!.Primary);
        healthy.FrontEnds.Should().ContainSingle().Which.HearsPrimary.Should().BeTrue();

        string frozen = healthy.Members.First(id => id != healthy.View.Primary);
        cluster.Servers[frozen].Signal(ProcessSignals.Freeze);
        GroupStatus without = await cluster.StatusWhenAsync("the frozen one is dropped", s => !s.Members.Contains(frozen));
        without.Find(frozen).Should().BeEquivalentTo(new { Reachable = false, Initialised = false, Index = (ulong?)null });
        cluster.Servers[frozen].Signal(ProcessSignals.Thaw);
        await cluster.SettledAsync("1", "2", "3");

        string killed = await cluster.PrimaryAsync();
        await cluster.Servers[killed].KillAsync();
        await cluster.StatusWhenAsync("another is the primary", s => s.View!.Primary != killed);
        GroupStatus after = await AskAsync(cluster);
        after.Find(killed).Should().BeEquivalentTo(new { Reachable = false, Initialised = false });
        (await cluster.RunAsync("frontend", "status")).ShouldExit(0).Output.Should().Contain("unreachable").And.Contain($"primary {after.View!.Primary}");

        await cluster.StartServerAsync(killed);
        await cluster.SettledAsync("1", "2", "3");
        (await AskAsync(cluster)).Find(killed).Should().BeEquivalentTo(new { Reachable = true, Initialised = true, Role = "backup" });
    });

    [Test]
    public Task An_operator_can_hand_over_to_a_member() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        string chosen = (await cluster.StatusAsync()).Replicas.First(r => r.Role == "backup").Id;
        (await cluster.RunAsync("frontend", "promote", chosen, "--json")).ShouldExit(0);
        await cluster.StatusWhenAsync("it leads", s => s.View!.Primary == chosen && s.Find(chosen)!.Role == "primary");
        await load.AcknowledgesAsync(20);
        load.TriedAgain.Should().Be(0);
        (await cluster.RunAsync("frontend", "promote", "nobody", "--json")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("Refused");
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    private static async Task<GroupStatus> AskAsync(Cluster cluster) =>
        GroupStatus.Parse((await cluster.RunAsync("frontend", "status", "--json")).ShouldExit(0).Output);
}
