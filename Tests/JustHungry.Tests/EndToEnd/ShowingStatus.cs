using System.Text.Json;
using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary><c>frontend status</c> says how things are, whatever has happened.</summary>
[SideBySide]
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
        (await cluster.RunAsync("frontend", "status")).ShouldExit(0).Output.Should().StartWith($"DEGRADED: {killed} does not answer").And.Contain("unreachable").And.Contain($"primary {after.View!.Primary}");

        await cluster.StartServerAsync(killed);
        await cluster.SettledAsync("1", "2", "3");
        (await AskAsync(cluster)).Find(killed).Should().BeEquivalentTo(new { Reachable = true, Initialised = true, Role = "backup" });
    });

    [Test]
    public Task Watched_without_a_terminal_it_prints_an_object_or_a_line_a_second() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        RealProcess json = cluster.Start("frontend status --watch --json", "frontend", "status", "--watch", "--json");
        RealProcess lines = cluster.Start("frontend status --watch", "frontend", "status", "--watch");
        await Poll.UntilAsync("each has said three things", () => json.Output.Count(c => c == '\n') >= 3 && lines.Output.Count(c => c == '\n') >= 3);
        json.Signal(ProcessSignals.Interrupt);
        lines.Signal(ProcessSignals.Interrupt);
        (await json.ExitAsync()).Should().Be(0, "ctrl-C is how it is ended");
        (await lines.ExitAsync()).Should().Be(0);

        JsonElement[] looks = [.. json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<JsonElement>(l))];
        looks.Should().OnlyContain(l => l.GetProperty("view").GetProperty("epoch").GetInt32() >= 1 && l.GetProperty("nameServer").GetProperty("health").GetString() == "Healthy");
        looks[^1].GetProperty("ordersPerSecond").GetDouble().Should().BePositive();
        lines.Output.Should().MatchRegex(@"^\d\d:\d\d:\d\d OK JH_orders: epoch \d+, primary \d, members ").And.NotContain("\u001b");
        (json.Error + lines.Error).Should().BeEmpty();
    });

    [Test]
    public Task An_operator_can_hand_over_to_a_member() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        string chosen = (await cluster.StatusAsync()).Replicas.First(r => r.Role == "backup").Id;
        string before = await cluster.PrimaryAsync();
        JsonElement promoted = (await cluster.RunAsync("frontend", "promote", chosen, "--json")).ShouldExit(0).Json;
        promoted.GetProperty("previousPrimary").GetString().Should().Be(before);
        promoted.GetProperty("leadsAfterMs").GetDouble().Should().BePositive();
        await cluster.StatusWhenAsync("it leads", s => s.View!.Primary == chosen && s.Find(chosen)!.Role == "primary");
        await load.AcknowledgesAsync(20);
        load.TriedAgain.Should().Be(0);
        (await cluster.RunAsync("frontend", "promote", "nobody", "--json")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("Refused");
        await Books.CheckAsync(cluster, load, "1", "2", "3");
    });

    private static async Task<GroupStatus> AskAsync(Cluster cluster) =>
        GroupStatus.Parse((await cluster.RunAsync("frontend", "status", "--json")).ShouldExit(0).Output);
}
