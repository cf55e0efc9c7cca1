using System.Buffers;
using System.Text.Json;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli;
using MessagePack;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>Every command of the shop's owner: what it sends, its text, its JSON and its exit code.</summary>
[Category("Slow")]
public sealed partial class OwnerCommandTests
{
    private const long Placed = 1_795_359_845; // 2026-11-22T15:04:05Z

    private static readonly OwnerKey Key = new(0xAB, 0xCD);
    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
    private static readonly UserId AdasId = new(UInt128.Parse("3f2a9c01000000000000000000000001", System.Globalization.NumberStyles.HexNumber));
    private static readonly UserId BobsId = new(UInt128.Parse("3f2b000000000000000000000000000f", System.Globalization.NumberStyles.HexNumber));

    [Test]
    public async Task Add()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Script(fixture, RequestKind.AddProduct, new ProductAnswer(new Product("plum", 10, new Pence(120))), 2);
        (await RunAsync(fixture, "add", "plum", "--price", "1.20", "--stock", "10", "--json"))
            .Should().Be((0, """{"name":"plum","stock":10,"price":120}""" + "\n", ""));
        (await RunAsync(fixture, "add", "plum", "--price", "£1.20")).Should().Be((0, "plum: 10 in stock at £1.20.\n", ""));
        Sent(fixture, Product.Read).Should().Equal(new Product("plum", 10, new Pence(120)), new Product("plum", 0, new Pence(120)));
    }

    [Test]
    public async Task Price()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Script(fixture, RequestKind.SetPrice, new ProductAnswer(new Product("plum", 10, new Pence(95))), 2);
        (await RunAsync(fixture, "price", "plum", "0.95", "--json")).Should().Be((0, """{"name":"plum","stock":10,"price":95}""" + "\n", ""));
        (await RunAsync(fixture, "price", "plum", "0.95")).Out.Should().Be("plum: 10 in stock at £0.95.\n");
        Sent(fixture, NewPrice.Read)[0].Should().Be(new NewPrice("plum", new Pence(95)));
    }

    [Test]
    public async Task Restock()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Script(fixture, RequestKind.Restock, new ProductAnswer(new Product("plum", 30, new Pence(95))), 2);
        (await RunAsync(fixture, "restock", "plum", "20", "--json")).Should().Be((0, """{"name":"plum","stock":30,"price":95}""" + "\n", ""));
        (await RunAsync(fixture, "restock", "plum", "20")).Out.Should().Be("plum: 30 in stock at £0.95.\n");
        Sent(fixture, CartLine.Read)[0].Should().Be(new CartLine("plum", 20));
    }

    [Test]
    public async Task Retire()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Script(fixture, RequestKind.RetireProduct, new ProductAnswer(new Product("plum", 3, new Pence(95))), 2);
        (await RunAsync(fixture, "retire", "plum", "--json")).Should().Be((0, """{"name":"plum","stock":3,"price":95}""" + "\n", ""));
        (await RunAsync(fixture, "retire", "plum")).Out.Should().Be("plum is not sold any more (3 were left). It stays in the orders that hold it.\n");
        Sent(fixture, OwnerBodies.ReadName)[0].Should().Be("plum");
    }

    [Test]
    public async Task Orders_of_all_pages_with_their_customers()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        ShopOrder second = OrderOf(BobsId, 2, 1);
        fixture.World.Script(RequestKind.ShopOrders, new ShopOrdersAnswer([OrderOf(AdasId, 1, 1)], More: true), new ShopOrdersAnswer([second], More: false));
        const string Rest =
            """{"firstName":"Ada","lastName":"King","phone":"020-7946","postcode":"SW1A 1AA","address":"12 St James's Square"},"orderId":1,"status":"Active","delivery":"same-day","tip":0,"total":498,"lines":[{"product":"apple","quantity":2,"price":199}],"placedAt":"2026-11-22T15:04:05Z"}""";
        (await RunAsync(fixture, "orders", "--json")).Should().Be((
            0, $$"""[{"number":1,"userId":"3f2a9c01000000000000000000000001","customer":{{Rest}},{"number":2,"userId":"3f2b000000000000000000000000000f","customer":{{Rest}}]""" + "\n", ""));
        Sent(fixture, ShopOrdersQuery.Read).Should().Equal(new ShopOrdersQuery(OrderNumber.None, false), new ShopOrdersQuery(new OrderNumber(1), false));

        fixture.World.Script(RequestKind.ShopOrders, new ShopOrdersAnswer([OrderOf(AdasId, 1, 7)], More: false));
        string ticket = (await RunAsync(fixture, "orders", "--active")).Out;
        ticket.Should().StartWith("3f2a9c01 7  waits ").And.EndWith(
            $", since {Local(Placed)}, same day, £4.98\n    2 × apple\n    Ada King, 020-7946\n    12 St James's Square, SW1A 1AA\n");
        Sent(fixture, ShopOrdersQuery.Read)[^1].ActiveOnly.Should().BeTrue();
    }

    [Test]
    public async Task No_orders()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Script(fixture, RequestKind.ShopOrders, new ShopOrdersAnswer([], More: false), 3);
        (await RunAsync(fixture, "orders", "--json")).Out.Should().Be("[]\n");
        (await RunAsync(fixture, "orders")).Out.Should().Be("There are no orders.\n");
        (await RunAsync(fixture, "orders", "--active")).Out.Should().Be("There is nothing to cook.\n");
    }

    [Test]
    public async Task Watching_without_a_terminal_prints_an_array_whenever_the_orders_change_and_ends_with_a_refusal()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        var one = new ShopOrdersAnswer([OrderOf(AdasId, 1, 1)], More: false);
        fixture.World.Script(RequestKind.ShopOrders, new ShopOrdersAnswer([], false), one, one, new RefusalAnswer(AnswerCode.NotOwner));
        (int code, string json, _) = await RunAsync(fixture, "orders", "--watch", "--json");
        code.Should().Be(ExitCode.Refused);
        string[] lines = json.TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(3);
        lines[0].Should().Be("[]");
        JsonDocument.Parse(lines[1]).RootElement.GetArrayLength().Should().Be(1);
        JsonDocument.Parse(lines[2]).RootElement.GetProperty("error").GetString().Should().Be("NotOwner");
    }

    [Test]
    public async Task What_is_watched_is_what_there_is_to_cook()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Script(RequestKind.ShopOrders, new ShopOrdersAnswer([], false), new RefusalAnswer(AnswerCode.NotOwner));
        (await RunAsync(fixture, "orders", "--watch")).Out.Should().StartWith("There is nothing to cook.\n");
    }

    [TestCase("3f2a9c01", 1, "3f2a9c01000000000000000000000001")]
    [TestCase("3F2A", 1, "3f2a9c01000000000000000000000001")]
    [TestCase("3f2b0000", 4, "3f2b000000000000000000000000000f")]
    [TestCase("00000000000000000000000000000007", 9, "00000000000000000000000000000007")]
    public async Task Complete_finds_the_user_by_the_beginning_of_the_id(string typed, int orderId, string user)
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        ShopOrder delivered = OrderOf(BobsId, 2, 4);
        fixture.World.Script(
            RequestKind.ShopOrders, new ShopOrdersAnswer([OrderOf(AdasId, 1, 1)], More: false),
            new ShopOrdersAnswer([OrderOf(AdasId, 1, 1), delivered], More: false));
        fixture.World.Script(RequestKind.CompleteOrder, new OrderAnswer(delivered.Order with { OrderId = orderId, Status = OrderStatus.Delivered }));
        (int code, string json, _) = await RunAsync(fixture, "complete", typed, $"{orderId}", "--json");
        code.Should().Be(0);
        JsonDocument.Parse(json).RootElement.GetProperty("status").GetString().Should().Be("Delivered");
        UserRequest sent = fixture.World.Received.Single(r => r.Kind == RequestKind.CompleteOrder);
        ReadSent(sent, OrderOfUser.Read).User.ToString().Should().Be(user);
    }

    [Test]
    public async Task Complete_asks_for_more_of_an_id_that_two_users_share()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        var both = new ShopOrdersAnswer([OrderOf(AdasId, 1, 1), OrderOf(AdasId with { Value = AdasId.Value + 1 }, 2, 1)], More: false);
        Script(fixture, RequestKind.ShopOrders, both, 3);
        (await RunAsync(fixture, "complete", "3f2a9c01", "1")).Should().Be((1, "", "Two users' ids begin with 3f2a9c01: type more of the one that is meant, as 'user shop orders --json' shows it.\n"));
        fixture.World.Count(RequestKind.CompleteOrder).Should().Be(0);
        (await RunAsync(fixture, "complete", "9999", "1")).Should().Be((
            1, "", "That user has no order with that id: see the shop's orders.\nSee them with 'user shop orders'.\n"));
    }

    [Test]
    public async Task Complete_text_and_refusals()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Order order = OrderOf(AdasId, 1, 1).Order with { Status = OrderStatus.Delivered };
        fixture.World.Script(RequestKind.CompleteOrder, new OrderAnswer(order), new RefusalAnswer(AnswerCode.AlreadyDelivered), new RefusalAnswer(AnswerCode.AlreadyCancelled));
        (await RunAsync(fixture, "complete", AdasId.ToString(), "1")).Should().Be((0, "Order 1 is delivered.\n", ""));
        (await RunAsync(fixture, "complete", AdasId.ToString(), "1", "--json")).Should().Be((
            1, """{"error":"AlreadyDelivered","message":"That order is already delivered."}""" + "\n", ""));
        (await RunAsync(fixture, "complete", AdasId.ToString(), "1")).Error.Should().Be("That order is already cancelled.\n");
    }

    [Test]
    public async Task Report_adds_up_what_the_shop_answers_in_parts()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        Answer[] parts =
        [
            new ShopReportAnswer(new OrderNumber(20_000), true, 1, 2, 3, new Pence(1000), new Pence(50), new Pence(100), [new("apple", 4, new Pence(796)), new("bread", 1, new Pence(225))]),
            new ShopReportAnswer(new OrderNumber(20_007), false, 1, 0, 0, new Pence(199), Pence.Zero, Pence.Zero, [new("apple", 1, new Pence(199)), new("kale", 1, new Pence(99))]),
        ];
        fixture.World.Script(RequestKind.ShopReport, [.. parts, .. parts, .. parts]);
        (await RunAsync(fixture, "report", "--since", "2026-11-22T15:04:05Z", "--json")).Should().Be((
            0,
            """{"since":"2026-11-22T15:04:05Z","active":2,"delivered":2,"cancelled":3,"takings":1199,"tips":50,"deliveries":100,"products":[{"product":"apple","quantity":5,"takings":995},{"product":"bread","quantity":1,"takings":225},{"product":"kale","quantity":1,"takings":99}]}""" + "\n",
            ""));
        Sent(fixture, ShopReportQuery.Read).Should().Equal(new ShopReportQuery(OrderNumber.None, Placed), new ShopReportQuery(new OrderNumber(20_000), Placed));
        (await RunAsync(fixture, "report", "--json")).Out.Should().StartWith("""{"since":null,""");
        (await RunAsync(fixture, "report", "--top", "2")).Out.Should().Be(
            """
            7 orders: 2 active, 2 delivered, 3 cancelled.
            Takings £11.99, cancelled orders left out; of them £1.00 for deliveries and £0.50 in tips.

            PRODUCT  SOLD  TAKINGS
            apple       5    £9.95
            bread       1    £2.25
            … and 1 more: see --top

            """);
    }

    [Test]
    public async Task Refusals_read_alike_and_a_mistyped_product_suggests_the_near_one()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Script(
            RequestKind.Restock, new RefusalAnswer(AnswerCode.NotOwner), new RefusalAnswer(AnswerCode.NoOwner), new RefusalAnswer(AnswerCode.UnknownProduct, Product: "aple"),
            new RefusalAnswer(AnswerCode.InvalidProduct, Field: "quantity"));
        (await RunAsync(fixture, "restock", "apple", "1", "--json")).Should().Be((
            1, """{"error":"NotOwner","message":"That is not the key of this shop's owner: name the right file."}""" + "\n", ""));
        (await RunAsync(fixture, "restock", "apple", "1")).Error.Should().Contain("opened without an owner's key");
        (await RunAsync(fixture, "restock", "aple", "1")).Error.Should().StartWith("The shop has no product called aple: see the product list. Did you mean 'apple'?");
        (await RunAsync(fixture, "restock", "apple", "1", "--json")).Out.Should().Contain("\"field\":\"quantity\"");
        fixture.World.Script(RequestKind.AddProduct, new RefusalAnswer(AnswerCode.ProductExists, Product: "apple"));
        (await RunAsync(fixture, "add", "apple", "--price", "1")).Error.Should().Be("The shop already sells apple: change its price or restock it.\n");
    }

    [Test]
    public async Task An_owners_update_without_an_answer_is_resumed_under_the_same_ids()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Script(RequestKind.Restock, new ProductAnswer(new Product("apple", 20, new Pence(199))));
        fixture.FrontEnd.Faults.Enqueue(Fault.CloseAfter);
        fixture.FrontEnd.Faults.Enqueue(Fault.CloseBefore);
        (await RunAsync(fixture, "restock", "apple", "5", "--retries", "0")).Code.Should().Be(ExitCode.OutcomeUnknown);
        (await fixture.ProfileAsync()).InFlight!.Words.Should().Be("restocking of 5 × apple");
        (int code, string text, _) = await UserAsync(fixture, "resume");
        (code, text).Should().Be((0, "Your earlier restocking of 5 × apple is done: apple: 20 in stock at £1.99.\n"));
        fixture.World.Received.Select(r => r.RequestId).Distinct().Should().ContainSingle();
        (await fixture.ProfileAsync()).InFlight.Should().BeNull();
    }

    [TestCase("--owner-key-file /nowhere/key: ", "orders", "--owner-key-file", "/nowhere/key")]
    [TestCase("expected pounds and pence", "add", "plum")]
    [TestCase("expected pounds and pence", "add", "plum", "--price", "1.234")]
    [TestCase("--stock -1: expected a whole number", "add", "plum", "--price", "1", "--stock", "-1")]
    [TestCase("say which product: user shop retire NAME", "retire")]
    [TestCase("QTY: expected a whole number", "restock", "plum")]
    [TestCase("QTY 0: expected a whole number", "restock", "plum", "0")]
    [TestCase("PRICE x: expected pounds", "price", "plum", "x")]
    [TestCase("'zz' is no user id", "complete", "zz", "1")]
    [TestCase("'x' is no order id", "complete", "3f2a", "x")]
    [TestCase("say whose order", "complete", "3f2a")]
    [TestCase("--since tomorrow: expected a date", "report", "--since", "tomorrow")]
    [TestCase("--top 0: expected a whole number", "report", "--top", "0")]
    [NonParallelizable] // it redirects the console
    public async Task A_mistake_is_named_before_anything_is_sent(string mistake, params string[] args)
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        TextWriter before = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            (await RunAsync(fixture, args)).Code.Should().Be(ExitCode.Usage);
        }
        finally
        {
            Console.SetError(before);
        }

        error.ToString().Should().Contain(mistake);
        fixture.World.Received.Should().BeEmpty();
    }

    private static ShopOrder OrderOf(UserId user, ulong number, int orderId) => new(
        new OrderNumber(number), user, Ada, new Order(orderId, OrderStatus.Active, Delivery.SameDay, Pence.Zero, new Pence(498), [new OrderLine("apple", 2, new Pence(199))], Placed));

    private static string Local(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToLocalTime().ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    private static void Script(ShopFixture fixture, RequestKind kind, Answer answer, int times) =>
        fixture.World.Script(kind, [.. Enumerable.Repeat(answer, times)]);

    /// <summary>What the owner's requests held, each with the right key before it.</summary>
    private static List<T> Sent<T>(ShopFixture fixture, ReadElement<T> read) => [.. fixture.World.Received.Where(r => r.Kind.IsOwners()).Select(r => ReadSent(r, read))];

    private static T ReadSent<T>(UserRequest request, ReadElement<T> read)
    {
        OwnerBodies.TrySplit(request.Body, out OwnerKey key, out ReadOnlySequence<byte> content).Should().BeTrue();
        key.Should().Be(Key);
        var reader = new MessagePackReader(content);
        T value = read(ref reader);
        reader.End.Should().BeTrue();
        return value;
    }

    private static Task<(int Code, string Out, string Error)> RunAsync(ShopFixture fixture, params string[] args)
    {
        string key = fixture.Directory.File("owner-key");
        File.WriteAllText(key, Key.ToFileText());
        return UserAsync(fixture, ["shop", .. args.Take(1), "--owner-key-file", key, .. args.Skip(1)]);
    }

    private static async Task<(int Code, string Out, string Error)> UserAsync(ShopFixture fixture, params string[] args)
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
