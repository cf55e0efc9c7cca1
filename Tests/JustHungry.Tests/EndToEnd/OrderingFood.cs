using System.Text.Json;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;
using FrontEndStatusQuestion = JustHungry.Protocol.Messages.FrontEndStatus;

namespace JustHungry.Tests.EndToEnd;

/// <summary>People order food while servers die: the product's main job, with its real programs.</summary>
[SideBySide]
public sealed class OrderingFood
{
    [Test]
    public Task An_order_goes_from_the_command_line_to_every_disk() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "same-day")).ShouldExit(1)
            .Json.GetProperty("error").GetString().Should().Be("UnknownUser");
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0).Json.GetProperty("firstName").GetString().Should().Be("Ada");
        (await cluster.UserAsync("Ada", "cost", "--item", "rice=2", "--item", "beans=1")).ShouldExit(0).Json.GetProperty("total").GetInt64().Should().Be(255);

        JsonElement order = (await cluster.UserAsync(
            "Ada", "order", "--item", "rice=2", "--item", "beans=1", "--delivery", "same-day", "--tip", "1.50", "--expect-total", "5.05")).ShouldExit(0).Json;
        order.GetProperty("orderId").GetInt32().Should().Be(1);
        order.GetProperty("total").GetInt64().Should().Be(200 + 55 + 100 + 150);

        (await cluster.UserAsync("Ada", "order", "--item", "saffron=61", "--delivery", "next-day")).ShouldExit(1)
            .Json.GetProperty("left").GetInt32().Should().Be(60);
        (await StockOfRiceAsync(cluster)).Should().Be(9_999_998);
        (await cluster.UserAsync("Ada", "cancel", "1")).ShouldExit(0).Json.GetProperty("status").GetString().Should().Be("Cancelled");
        (await cluster.UserAsync("Ada", "cancel", "1")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("AlreadyCancelled");
        (await StockOfRiceAsync(cluster)).Should().Be(10_000_000, "a cancelled order gives its stock back, once");
        (await cluster.UserAsync("Ada", "orders", "--active")).ShouldExit(0).Json.GetArrayLength().Should().Be(0);
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(1);
        (await cluster.UserAsync("Bob", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(0, "nobody sees another's orders");
        await ReplicaTables.CheckEqualAsync(cluster, "1", "2", "3");
    });

    [Test]
    public Task An_order_goes_through_when_the_primary_is_killed_while_the_cart_is_open() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        MenuSession ada = cluster.Menus("Ada");
        await ada.AnswerAsync(
            ("> ", "order"), ("First name: ", ""), ("First name: ", "Ada"), ("Last name: ", "King"), ("Phone number: ", "call me"),
            ("Phone number: ", "020-7946-0000"), ("Postcode: ", "nowhere"), ("Address: ", "12 St James's Square"), ("Postcode (or QUIT): ", "SW1A 1AA"),
            ("ordering): ", "rcie"), ("ordering): ", "rice"), ("rice: ", "0"), ("rice: ", "2"), ("ordering): ", "rice"), ("rice: ", "1"));
        await ada.AskedAsync("ordering): ");
        string killed = await cluster.PrimaryAsync();
        await cluster.Servers[killed].KillAsync();

        await ada.AnswerAsync(("ordering): ", "done"), ("(yes/no): ", "yes"), ("> ", "2-hours"), ("(yes/no): ", "no"), ("> ", "history"), ("> ", "quit"));
        (await ada.Process.ExitAsync()).Should().Be(0);
        ada.Process.Output.Should().Contain("Order 1 is placed").And.Contain("3 × rice");
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.EnumerateArray().Single().GetProperty("total").GetInt64().Should().Be(600);
        (await cluster.PrimaryAsync()).Should().NotBe(killed);
    });

    [Test]
    [NonParallelizable] // the order must have come within the two seconds before the front end ends
    public Task An_order_without_an_answer_is_resumed_and_placed_once() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        foreach (RealProcess server in cluster.Servers.Values)
            server.Signal(ProcessSignals.Freeze);

        Task<CommandResult> order = cluster.UserAsync("Ada", "order", "--item", "rice=2", "--delivery", "next-day", "--retries", "0");
        Endpoint frontEnd = await cluster.FrontEnds[0].ReadyAsync();
        await Poll.UntilAsync("the order waits at the front end", async () =>
            await OperatorClient.TryAskOnceAsync<FrontEndStatusQuestion, FrontEndReport>(frontEnd, Role.FrontEnd, new Caller("JH_orders", LinkSecurity.Off), default, OperatorClient.Patience, CancellationToken.None)
                is { Waiting: > 0 });
        await cluster.FrontEnds[0].KillAsync();
        (await order).ShouldExit(4).Json.GetProperty("error").GetString().Should().Be("OutcomeUnknown");

        foreach (RealProcess server in cluster.Servers.Values)
            server.Signal(ProcessSignals.Thaw);
        await cluster.StartFrontEndAsync();
        (await cluster.UserAsync("Ada", "resume")).ShouldExit(0).Json.GetProperty("orderId").GetInt32().Should().Be(1);
        (await cluster.UserAsync("Ada", "resume")).ShouldExit(0).Json.ValueKind.Should().Be(JsonValueKind.Null);
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(1);
        (await StockOfRiceAsync(cluster)).Should().Be(9_999_998);
    });

    private static async Task<int> StockOfRiceAsync(Cluster cluster) =>
        (await cluster.UserAsync("Ada", "products")).ShouldExit(0).Json.EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == "rice").GetProperty("stock").GetInt32();
}
