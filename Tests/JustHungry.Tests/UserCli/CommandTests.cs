using System.Text.Json;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli;
using JustHungry.UserCli.Profiles;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>Every command's text, JSON and exit code.</summary>
[Category("Slow")]
public sealed class CommandTests
{
    private const string AdasDetails = """{"firstName":"Ada","lastName":"King","phone":"020-7946","postcode":"SW1A 1AA","address":"12 St James's Square"}""";

    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");

    private static readonly string[] OrderTwoApples = ["order", "--item", "apple=1", "--item", "bread=1", "--item=apple=1", "--delivery", "same-day", "--tip", "1.50"];

    [Test]
    public async Task Products()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (await RunAsync(fixture, "products", "--json")).Should().Be((
            0,
            """[{"name":"apple","stock":15,"price":199},{"name":"banana","stock":20,"price":55},{"name":"flour","stock":0,"price":455},{"name":"bread","stock":4,"price":225}]""" + "\n",
            ""));
        (await RunAsync(fixture, "products")).Out.Should().Be(
            """
            PRODUCT         STOCK  PRICE
            apple              15  £1.99
            banana             20  £0.55
            flour    out of stock  £4.55
            bread               4  £2.25

            """);
    }

    [Test]
    public async Task Orders_are_shown_newest_first_and_as_many_as_asked_for()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        for (int id = 1; id <= 3; id++)
            fixture.World.Orders.Add(new Order(id, OrderStatus.Active, Delivery.TwoHours, new(150), new(1_234), [new("寿司", 2, new(199)), new("bread", id, new(225))], 0));
        string placed = JustHungry.UserCli.Text.ShopText.PlacedAt(fixture.World.Orders[0]);
        (await RunAsync(fixture, "orders", "--limit", "2")).Out.Should().Be(
            $"""
            ORDER  STATUS  DELIVERY          TIP   TOTAL  PLACED            ITEMS
                3  Active  within 2 hours  £1.50  £12.34  {placed}  2 × 寿司,
                                                                            3 × bread
                2  Active  within 2 hours  £1.50  £12.34  {placed}  2 × 寿司,
                                                                            2 × bread
            … and 1 older: see --limit

            """);
        JsonDocument.Parse((await RunAsync(fixture, "orders", "--limit", "2", "--json")).Out).RootElement.EnumerateArray().Select(o => o.GetProperty("orderId").GetInt32())
            .Should().Equal([2, 3], "JSON is for scripts, which have always got them by rising id");
        (await RunAsync(fixture, "orders", "--limit", "0")).Code.Should().Be(ExitCode.Usage);
    }

    [Test]
    public async Task One_detail_alone_can_be_changed_and_a_phone_typed_as_people_write_it()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        (await RunAsync(fixture, "details", "--phone", "+44 (0)7700 900123")).Code.Should().Be(0);
        fixture.World.Details.Should().Be(Ada with { Phone = "0044-7700-900123" });
    }

    [Test]
    public async Task Details_are_saved_and_shown()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (await RunAsync(fixture, "details", "--json")).Code.Should().Be(ExitCode.Refused);
        (await RunAsync(fixture, "details", "--first-name", "Ada", "--last-name", "King", "--phone", "020-7946", "--postcode", "SW1A 1AA", "--address", "12 St James's Square", "--json"))
            .Should().Be((0, AdasDetails + "\n", ""));
        (await RunAsync(fixture, "details", "--json")).Should().Be((0, AdasDetails + "\n", ""));
        (await RunAsync(fixture, "details")).Out.Should().Contain("postcode    SW1A 1AA");
    }

    [Test]
    public async Task Invalid_details_are_refused_by_field_before_anything_is_sent()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (int code, string json, _) = await RunAsync(
            fixture, "details", "--first-name", "Ada", "--last-name", "King", "--phone", "nobody", "--postcode", "SW1A 1AA", "--address", "x", "--json");
        code.Should().Be(ExitCode.Refused);
        JsonElement refusal = JsonDocument.Parse(json).RootElement;
        refusal.GetProperty("error").GetString().Should().Be("InvalidDetails");
        refusal.GetProperty("field").GetString().Should().BeEquivalentTo("phone");
        fixture.World.Received.Should().BeEmpty();
    }

    [Test]
    public async Task Cost()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (await RunAsync(fixture, "cost", "--item", "apple=2", "bread=1", "--item", "apple=1", "--json")).Should().Be((
            0, """{"lines":[{"product":"apple","quantity":3,"price":199},{"product":"bread","quantity":1,"price":225}],"total":822}""" + "\n", ""));
        (await RunAsync(fixture, "cost", "--item", "apple=3", "--item", "bread=1")).Out.Should().Be(
            """
            ITEM   QUANTITY   EACH   COST
            apple         3  £1.99  £5.97
            bread         1  £2.25  £2.25
            total                   £8.22

            """);
    }

    [Test]
    public async Task An_order_its_place_in_the_list_and_its_cancellation()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        const string Placed =
            """{"orderId":1,"status":"Active","delivery":"same-day","tip":150,"total":873,"lines":[{"product":"apple","quantity":2,"price":199},{"product":"bread","quantity":1,"price":225}],"placedAt":"2026-11-22T15:04:05Z"}""";
        (await RunAsync(fixture, "orders", "--json")).Should().Be((0, "[]\n", ""));
        (await RunAsync(fixture, [.. OrderTwoApples, "--expect-total", "8.73", "--json"])).Should().Be((0, Placed + "\n", ""));
        (await RunAsync(fixture, "orders", "--active", "--json")).Should().Be((0, $"[{Placed}]\n", ""));
        (await RunAsync(fixture, OrderTwoApples)).Out.Should().StartWith("Order 2 is placed: same day, £8.73 in all.");

        (await RunAsync(fixture, "cancel", "1", "--json")).Should().Be((0, Placed.Replace("Active", "Cancelled", StringComparison.Ordinal) + "\n", ""));
        (await RunAsync(fixture, "cancel", "2")).Should().Be((0, "Order 2 is cancelled.\n", ""));
        (await RunAsync(fixture, "orders", "--active")).Should().Be((0, "You have no active orders.\n", ""));
        (await RunAsync(fixture, "orders")).Out.Should().Contain("2 × apple, 1 × bread").And.Contain("Cancelled");
    }

    [Test]
    public async Task An_old_order_is_placed_again_at_todays_prices()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        await RunAsync(fixture, OrderTwoApples);
        fixture.World.SetProduct("apple", 10, new(210));
        (await RunAsync(fixture, "reorder", "1", "--delivery", "next-day", "--tip", "1", "--json")).Should().Be((
            0,
            """{"orderId":2,"status":"Active","delivery":"next-day","tip":100,"total":745,"lines":[{"product":"apple","quantity":2,"price":210},{"product":"bread","quantity":1,"price":225}],"placedAt":"2026-11-22T15:04:05Z"}""" + "\n",
            ""));
        (await RunAsync(fixture, "reorder", "2", "--delivery", "same-day")).Out.Should().StartWith("Order 3 is placed: same day, £7.45 in all.");
        (await RunAsync(fixture, "reorder", "3", "--delivery", "same-day", "--expect-total", "8.73")).Code.Should().Be(ExitCode.Refused);
        fixture.World.Orders.Should().HaveCount(3);
    }

    [Test]
    public async Task Only_an_order_of_ones_own_can_be_placed_again_and_only_what_there_is()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        const string NoSuchOrder = """{"error":"UnknownOrder","message":"You have no order with that id: see your orders."}""" + "\n";
        (await RunAsync(fixture, "reorder", "1", "--delivery", "same-day", "--json")).Should().Be((1, NoSuchOrder, ""));
        fixture.World.Details = Ada;
        await RunAsync(fixture, OrderTwoApples);
        await RunAsync(fixture, OrderTwoApples);
        (await RunAsync(fixture, "reorder", "3", "--delivery", "same-day", "--json")).Should().Be((1, NoSuchOrder, ""));
        fixture.World.SetProduct("bread", 0, new(225));
        (int code, _, string error) = await RunAsync(fixture, "reorder", "1", "--delivery", "same-day");
        (code, error).Should().Be((1, "bread is out of stock: take it out of the cart.\nSee what there is with 'user products'.\n"));
        fixture.World.Orders.Should().HaveCount(2);

        fixture.World.Orders.Add(fixture.World.Orders[0] with { OrderId = 9 });
        (await RunAsync(fixture, "reorder", "5", "--delivery", "same-day", "--json")).Should().Be((1, NoSuchOrder, ""), "the next order is another one");
    }

    [Test]
    public async Task A_total_that_no_longer_holds_is_refused()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        (await RunAsync(fixture, [.. OrderTwoApples, "--expect-total", "8.72", "--json"])).Should().Be((
            1, """{"error":"PriceChanged","message":"A price has changed: the total is £8.73 now. Confirm it and order again.","total":873}""" + "\n", ""));
        fixture.World.Orders.Should().BeEmpty();
    }

    [Test]
    public async Task Refusals_are_text_on_stderr_or_JSON_on_stdout_with_their_fields()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        (await RunAsync(fixture, "order", "--item", "flour=1", "--delivery", "next-day", "--json")).Should().Be((
            1, """{"error":"LowStock","message":"flour is out of stock: take it out of the cart.","product":"flour","left":0}""" + "\n", ""));
        (await RunAsync(fixture, "cost", "--item", "aple=1", "--json")).Should().Be((
            1, """{"error":"UnknownProduct","message":"The shop has no product called aple: see the product list. Did you mean 'apple'?","product":"aple"}""" + "\n", ""));
        (await RunAsync(fixture, "cancel", "7", "--json")).Should().Be((
            1, """{"error":"UnknownOrder","message":"You have no order with that id: see your orders."}""" + "\n", ""));
        (await RunAsync(fixture, "cancel", "7")).Should().Be((
            1, "", "You have no order with that id: see your orders.\nSee your orders with 'user orders'.\n"));
    }

    [Test]
    public async Task Unavailable_says_so_with_or_without_a_request_id()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.FrontEnd.RefusesHellos = true;
        (int code, string json, string error) = await RunAsync(fixture, "products", "--json", "--retries", "2", "--retry-interval", "0.01");
        code.Should().Be(ExitCode.Unavailable);
        JsonElement answer = JsonDocument.Parse(json).RootElement;
        answer.GetProperty("error").GetString().Should().Be("Unavailable");
        answer.GetProperty("requestId").ValueKind.Should().Be(JsonValueKind.Null);
        error.Should().Be(
            $"the shop can't be reached: the name server {fixture.FrontEnd.NameServer} does not answer. Is the address right (--name-server H:P, or --front-end H:P), and is the shop open? Trying again…\n" +
            "the shop can't be reached, trying again (1 of 2)…\nthe shop can't be reached, trying again (2 of 2)…\n");

        (code, json, _) = await RunAsync(fixture, [.. OrderTwoApples, "--json", "--retries", "0"]);
        code.Should().Be(ExitCode.Unavailable);
        JsonDocument.Parse(json).RootElement.GetProperty("requestId").GetString().Should().HaveLength(32);
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();
    }

    [Test]
    public async Task An_unknown_outcome_exits_4_and_resume_prints_what_came_of_it()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        (await RunAsync(fixture, "resume", "--json")).Should().Be((0, "null\n", ""));
        (await RunAsync(fixture, "resume")).Should().Be((0, "Nothing waits for an answer.\n", ""));

        foreach (Fault fault in new[] { Fault.CloseAfter, Fault.CloseBefore, Fault.CloseBefore })
            fixture.FrontEnd.Faults.Enqueue(fault);
        (int code, string json, string error) = await RunAsync(fixture, [.. OrderTwoApples, "--json", "--retries", "1", "--retry-interval", "0.01"]);
        code.Should().Be(ExitCode.OutcomeUnknown);
        error.Should().Be("connection lost, trying again…\nconnection lost, trying again (1 of 1)…\n");
        JsonElement unknown = JsonDocument.Parse(json).RootElement;
        unknown.GetProperty("error").GetString().Should().Be("OutcomeUnknown");
        unknown.GetProperty("requestId").GetString().Should().Be(fixture.FrontEnd.Seen.First().ToString());
        (await RunAsync(fixture, "whoami", "--json")).Out.Should().Contain("\"updateInFlight\":\"order of 2 × apple, 1 × bread\"");

        (code, json, _) = await RunAsync(fixture, "resume", "--json");
        code.Should().Be(0);
        JsonDocument.Parse(json).RootElement.GetProperty("orderId").GetInt32().Should().Be(1);
        fixture.World.Orders.Should().HaveCount(1);
    }

    [Test]
    public async Task A_resumed_update_that_was_refused_exits_1_and_a_forgotten_one_is_not_asked_again()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        foreach (string[] resume in new string[][] { ["resume"], ["resume", "--json"], ["resume", "--forget"] })
        {
            fixture.FrontEnd.Faults.Enqueue(Fault.CloseAfter);
            fixture.FrontEnd.Faults.Enqueue(Fault.CloseBefore);
            (await RunAsync(fixture, [.. OrderTwoApples, "--retries", "0"])).Code.Should().Be(ExitCode.OutcomeUnknown);
            int received = fixture.World.Received.Count;
            (int code, string text, string error) = await RunAsync(fixture, resume);
            bool forgets = resume[^1] == "--forget";
            code.Should().Be(forgets ? ExitCode.Done : ExitCode.Refused);
            (text + error).Should().ContainAny("Forgotten: your order of", "was not done: The shop has no details of you", "\"error\":\"UnknownUser\"");
            fixture.World.Received.Count.Should().Be(forgets ? received : received + 1);
            (await fixture.ProfileAsync()).InFlight.Should().BeNull();
        }
    }

    [Test]
    public async Task Whoami_shows_the_user_and_the_file_and_never_the_key()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (int code, string json, _) = await RunAsync(fixture, "whoami", "--json");
        code.Should().Be(0);
        JsonElement answer = JsonDocument.Parse(json).RootElement;
        answer.GetProperty("userId").GetString().Should().Be((await fixture.ProfileAsync()).User.ToString());
        answer.GetProperty("profile").GetString().Should().Be(fixture.ProfilePath);
        string key = JsonDocument.Parse(File.ReadAllText(fixture.ProfilePath)).RootElement.GetProperty("userKey").GetString()!;
        (json + (await RunAsync(fixture, "whoami")).Out).Should().NotContain(key[..8]);
    }

    [Test]
    public async Task A_damaged_profile_and_a_locked_one_are_told_apart()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await fixture.ProfileAsync();
        using (await new ProfileFile(fixture.ProfilePath, TimeProvider.System).LockAsync(default))
            (await RunAsync(fixture, "cancel", "1", "--json")).Code.Should().Be(ExitCode.Unavailable);
        File.WriteAllText(fixture.ProfilePath, "oops");
        (int code, string json, _) = await RunAsync(fixture, "cancel", "1", "--json");
        code.Should().Be(ExitCode.Refused);
        JsonDocument.Parse(json).RootElement.GetProperty("message").GetString().Should().Contain(fixture.ProfilePath);
        fixture.World.Count(RequestKind.Cancel).Should().Be(0);
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(ShopFixture fixture, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        string[] where = ["--name-server", fixture.FrontEnd.NameServer.ToString(), "--profile", fixture.ProfilePath];
        if (!File.Exists(fixture.ProfilePath))
            await fixture.ProfileAsync();
        int code = await UserProgram.RunAsync([.. args, .. where], new Terminal(TextReader.Null, output, error));
        return (code, output.ToString(), error.ToString());
    }
}
