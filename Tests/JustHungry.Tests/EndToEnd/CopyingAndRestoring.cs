using FluentAssertions;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>A copy taken while the shop is busy is all that is left; a group restored from it knows every order acknowledged before.</summary>
[SideBySide]
public sealed class CopyingAndRestoring
{
    [Test]
    public Task A_group_restored_from_a_copy_taken_under_load_has_every_order_acknowledged_before_it() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        await using Load load = await Load.BeginAsync(cluster);
        await load.AcknowledgesAsync(200);
        string copy = Path.Combine(cluster.Directory, "copy");
        double begunMs = load.NowMs;
        string primary = await cluster.PrimaryAsync();
        CommandResult copied = (await cluster.RunAsync("server", primary, "--copy-to", copy, "--json")).ShouldExit(0);
        copied.Json.GetProperty("member").GetBoolean().Should().BeTrue();
        copied.Json.GetProperty("index").GetUInt64().Should().BeGreaterThan(200);
        Directory.GetFiles(copy).Select(Path.GetFileName).Should().BeEquivalentTo(["journal-1", "orders.db", "owner-key"], "the first primary keeps the owner's key");
        await load.AcknowledgesAsync(50);
        await load.StopAsync();
        load.TriedAgain.Should().Be(0, "a copy disturbs nobody");

        await cluster.LoseEverythingAsync();
        await cluster.StartNameServerAsync();
        (await cluster.RunAsync("server", "7", "--restore-from", copy, "--json")).ShouldExit(0).Json.GetProperty("index").GetUInt64()
            .Should().Be(copied.Json.GetProperty("index").GetUInt64());
        await cluster.StartServerAsync("7");
        (await cluster.RunAsync("nameserver", "repair", "--yes")).ShouldExit(0);
        await cluster.StartServerAsync("8");
        await cluster.StartServerAsync("9");
        await cluster.StartFrontEndAsync();
        await cluster.SettledAsync("7", "8", "9");

        var taken = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (LoadUser user in load.Users)
        {
            IReadOnlyList<Order> history = await HistoryAsync(user);
            Dictionary<long, Order> byTip = history.ToDictionary(o => o.Tip.Value); // throws if one is there twice
            byTip.Keys.Should().BeSubsetOf(user.Tries.Select(t => t.Tip));
            foreach (OrderTry tried in user.Tries.Where(t => t.Placed == Outcome.Acknowledged && t.AnsweredMs < begunMs))
                byTip.Should().ContainKey(tried.Tip).WhoseValue.Should().BeEquivalentTo(new { tried.Order!.OrderId, tried.Order.Lines, tried.Order.Total });
            user.Tries.Should().Contain(t => t.Placed == Outcome.Acknowledged && t.AnsweredMs < begunMs);

            Answer placed = await user.Shop.PlaceAsync(new OrderDraft([new CartLine("rice", 1)], Delivery.NextDay, new Pence(99_999), null), CancellationToken.None);
            placed.Should().BeOfType<OrderAnswer>();
            foreach (OrderLine line in (await HistoryAsync(user)).Where(o => o.Status == OrderStatus.Active).SelectMany(o => o.Lines))
                taken[line.Product] = taken.GetValueOrDefault(line.Product) + line.Quantity;
        }

        var products = (ProductsAnswer)await load.Users[0].Shop.ProductsAsync(CancellationToken.None);
        products.Products.Select(p => (p.Name, p.Stock + taken.GetValueOrDefault(p.Name))).Should().Equal(cluster.Catalogue.Select(p => (p.Name, (long)p.Stock)));
        await ReplicaTables.CheckEqualAsync(cluster, "7", "8", "9");
    });

    [Test]
    public Task A_copy_is_refused_where_it_would_lack_orders_or_overwrite_something() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        GroupStatus status = await cluster.StatusAsync();
        string backup = status.Members.First(id => id != status.View!.Primary);
        await cluster.Servers[backup].KillAsync();
        await cluster.StatusWhenAsync("the dead one is dropped", s => !s.Members.Contains(backup));

        string copy = Path.Combine(cluster.Directory, "copy");
        CommandResult refused = (await cluster.RunAsync("server", backup, "--copy-to", copy, "--json")).ShouldExit(1);
        refused.Json.GetProperty("error").GetString().Should().Be("NotAMember");
        (await cluster.RunAsync("server", "nobody", "--copy-to", copy)).ShouldExit(1).Error.Should().Contain("has no data in").And.NotContain("   at ");
        (await cluster.RunAsync("server", status.View!.Primary, "--copy-to", cluster.Directory)).ShouldExit(1).Error.Should().Contain("not empty");
        using (new FileStream(Path.Combine(cluster.DataDirectory(status.View.Primary), "disk-id"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            (await cluster.RunAsync("server", status.View.Primary, "--copy-to", copy)).ShouldExit(1).Error.Should().Contain("disk-id").And.NotContain("   at ");
        Directory.Exists(copy).Should().BeFalse();
        (await cluster.RunAsync("server", status.View.Primary, "--copy-to", copy)).ShouldExit(0).Output.Should().StartWith($"copied: server {status.View.Primary}, up to entry ");
        (await cluster.RunAsync("server", status.View.Primary, "--restore-from", copy)).ShouldExit(1).Error.Should().Contain("not empty", "it would overwrite a server's data");
    });

    [Test]
    public Task A_copy_can_be_tried_as_a_group_of_its_own_beside_the_living_one() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
        GroupStatus before = await cluster.StatusAsync();
        string copy = Path.Combine(cluster.Directory, "copy");
        (await cluster.RunAsync("server", "1", "--copy-to", copy)).ShouldExit(0);

        string place = Path.Combine(cluster.Directory, "elsewhere");
        (await cluster.RunAsync("server", "1", "--restore-from", copy, "--group", "trial", "--data-dir", place)).ShouldExit(0).Output.Should()
            .ContainAll([$"server 1 --data-dir {place} --group trial", "nameserver repair --group trial", "frontend --group trial"], "as typed otherwise it would start the living server");
        RealProcess restored = cluster.Start("server 1 of trial", "server", "1", "--postcodes", "offline", "--group", "trial", "--data-dir", place);
        await restored.ReadyAsync();
        (await cluster.RunAsync("nameserver", "repair", "--yes", "--group", "trial")).ShouldExit(0);
        RealProcess other = cluster.Start("server 2 of trial", "server", "2", "--postcodes", "offline", "--group", "trial");
        await other.ReadyAsync();
        RealProcess frontEnd = cluster.Start("frontend of trial", "frontend", "--group", "trial");
        await frontEnd.ReadyAsync();

        (await cluster.UserAsync("Ada", "orders", "--group", "trial")).ShouldExit(0).Json.GetArrayLength().Should().Be(1);
        (await cluster.UserAsync("Ada", "order", "--item", "beans=1", "--delivery", "next-day", "--group", "trial")).ShouldExit(0);
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(1, "the living shop knows nothing of it");
        GroupStatus after = await cluster.StatusAsync();
        after.View.Should().BeEquivalentTo(before.View, "nothing happened to the living group");
    });

    private static async Task<IReadOnlyList<Order>> HistoryAsync(LoadUser user) =>
        ((OrdersAnswer)await user.Shop.OrdersAsync(onlyActive: false, CancellationToken.None)).Orders;
}
