using FluentAssertions;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Menus;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>Whole sessions, answered line by line as a person or a script would.</summary>
public sealed class MenuTests
{
    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
    private static readonly string[] Introduction = ["create an order", "Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square"];
    private static readonly string[] KnownAndTwoApples = ["1", "yes", "apple", "2", "done", "yes"];
    private static readonly string[] SameDayNoTip = ["same-day", "no"];

    [Test]
    public async Task A_first_order_from_the_details_to_the_receipt()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        string shown = await RunAsync(
            fixture, [.. Introduction, "apple", "2", "2", "1", "apple", "1", "done", "yes", "within 2 hours (£3.00)", "yes", "1.50", "quit"]);

        fixture.World.Details.Should().Be(Ada);
        Order order = fixture.World.Orders.Should().ContainSingle().Subject;
        order.Lines.Should().Equal(new OrderLine("apple", 3, new(199)), new OrderLine("banana", 1, new(55)));
        order.Delivery.Should().Be(Delivery.TwoHours);
        order.Tip.Should().Be(new Pence(150));
        shown.Should().ContainInOrder(
            "Your details are saved.", "PRODUCT", "out of stock", "Your cart: 2 × apple", "Your cart: 3 × apple, 1 × banana", "£6.52", "Go on with this order?",
            "next day (free)", "The total is £11.02", "Order 1 is placed: within 2 hours, £11.02 in all.", "Goodbye.");
    }

    [Test]
    public async Task Each_detail_is_checked_at_once()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        string shown = await RunAsync(
            fixture, ["1", "", "Ada", "  ", "King", "call me", "---", "(020) 7946", "", "SW1A 1AA", "", "12 St James's Square", "void", "4"]);
        fixture.World.Details.Should().Be(Ada);
        fixture.World.Count(RequestKind.UserDetails).Should().Be(1);
        shown.Should().Contain("digits and hyphens").And.Contain("Nothing was ordered.");
    }

    [Test]
    public async Task A_refused_postcode_is_asked_again_without_losing_the_rest()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Script(RequestKind.UserDetails, new RefusalAnswer(AnswerCode.InvalidPostcode), new RefusalAnswer(AnswerCode.InvalidPostcode));
        string shown = await RunAsync(fixture, [.. Introduction, "", "NO1 1NO", "EC1A 1BB", "void", "4"]);
        fixture.World.Details.Should().Be(Ada with { Postcode = "EC1A 1BB" });
        shown.Should().ContainInOrder("SW1A 1AA: There is no such postcode", "NO1 1NO: There is no such postcode", "Your details are saved.");
        fixture.World.Received.Where(r => r.Kind == RequestKind.UserDetails).Select(r => r.Sequence.Value).Should().Equal(1UL, 2UL, 3UL);
    }

    [Test]
    public async Task QUIT_leaves_a_refused_postcode()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Script(RequestKind.UserDetails, new RefusalAnswer(AnswerCode.InvalidPostcode));
        string shown = await RunAsync(fixture, [.. Introduction, "quit", "4"]);
        fixture.World.Details.Should().BeNull();
        shown.Should().ContainInOrder("(or QUIT)", "Nothing was ordered.", "Goodbye.");
    }

    [Test]
    public async Task A_failed_postcode_service_is_explained_and_asked_again_on_new_input()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Script(RequestKind.UserDetails, new RefusalAnswer(AnswerCode.PostcodeServiceUnavailable), new RefusalAnswer(AnswerCode.PostcodeServiceUnavailable));
        string shown = await RunAsync(fixture, [.. Introduction, "", "SW1A 1AA", "void", "4"]);
        fixture.World.Details.Should().Be(Ada);
        fixture.World.Count(RequestKind.UserDetails).Should().Be(3);
        shown.Should().Contain("the postcode service does not answer").And.Contain("[SW1A 1AA]");
    }

    [Test]
    public async Task Later_orders_show_the_details_on_file_and_let_them_be_changed()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        string shown = await RunAsync(fixture, ["1", "maybe", "no", "", "Lovelace", "", "", "", "void", "1", "yes", "void", "4"]);
        fixture.World.Details.Should().Be(Ada with { LastName = "Lovelace" });
        fixture.World.Count(RequestKind.UserDetails).Should().Be(1);
        shown.Should().ContainInOrder("Ada", "SW1A 1AA", "Are they correct?", "Answer yes or no.", "Last name [King]", "Lovelace");
    }

    [Test]
    public async Task A_shop_that_does_not_know_the_user_is_offered_what_another_accepted()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        await fixture.NewClient().SaveDetailsAsync(Ada, default);
        fixture.World.Details = null;
        string shown = await RunAsync(fixture, ["1", "yes", "void", "4"]);
        shown.Should().Contain("does not know you yet");
        fixture.World.Details.Should().Be(Ada);
    }

    [Test]
    public async Task Unknown_products_and_bad_quantities_are_asked_again()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        string shown = await RunAsync(
            fixture,
            ["1", "yes", "done", "aple", "9", "0", "APPLE", "0", "-1", "1.5", "many", "", "10001", "2", "done", "no", "4"]);
        shown.Should().ContainInOrder(
            "Your cart is empty", "There is no product 'aple'. Did you mean 'apple'?", "There is no product '9'.", "There is no product '0'.",
            "A quantity is a whole number", "Your cart: 2 × apple", "Nothing was ordered.");
        shown.Split("A quantity is a whole number").Should().HaveCount(7);
        fixture.World.Orders.Should().BeEmpty();
    }

    [Test]
    public async Task What_is_not_in_stock_is_said_by_the_shops_word_of_now()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        int lists = 0;
        fixture.World.Before[RequestKind.ProductList] = () => lists++;
        string shown = await RunAsync(
            fixture, ["1", "yes", "flour", "bread", "3", "bread", "2", "bread", "1", "void", "4"]);
        shown.Should().ContainInOrder("flour is out of stock.", "Only 4 of bread left", "Your cart: 3 × bread", "Your cart: 4 × bread");
        fixture.World.Count(RequestKind.ProductList).Should().Be(3, "each no is checked with the shop first");
        lists.Should().Be(1);
    }

    [Test]
    public async Task The_cart_survives_a_stock_that_ran_low_meanwhile()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.World.Before[RequestKind.PlaceOrder] = () => fixture.World.SetProduct("apple", 1, new(199));
        string shown = await RunAsync(
            fixture, [.. KnownAndTwoApples, .. SameDayNoTip, "take the 1 that are left", "yes", "4"]);
        Order order = fixture.World.Orders.Should().ContainSingle().Subject;
        order.Lines.Should().Equal(new OrderLine("apple", 1, new(199)));
        order.Delivery.Should().Be(Delivery.SameDay);
        shown.Should().ContainInOrder("The total is £4.98", "Only 1 of apple left", "Your cart: 1 × apple", "Go on with this order?", "The total is £2.99", "Order 1 is placed");
    }

    [Test]
    public async Task A_product_that_sold_out_can_be_taken_out_and_the_cart_filled_again()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.World.Before[RequestKind.PlaceOrder] = () => fixture.World.SetProduct("apple", 0, new(199));
        await RunAsync(fixture, [.. KnownAndTwoApples, .. SameDayNoTip, "out", "banana", "1", "done", "yes", "4"]);
        fixture.World.Orders.Should().ContainSingle().Which.Lines.Should().Equal(new OrderLine("banana", 1, new(55)));
    }

    [Test]
    public async Task A_product_that_is_gone_at_the_review_can_be_taken_out()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.World.Before[RequestKind.OrderCost] = () => fixture.World.RemoveProduct("apple");
        string shown = await RunAsync(fixture, ["1", "yes", "apple", "2", "banana", "3", "done", "1", "yes", "3", "no", "4"]);
        fixture.World.Orders.Should().ContainSingle().Which.Lines.Should().Equal(new OrderLine("banana", 3, new(55)));
        shown.Should().Contain("The shop has no product called apple");
    }

    [TestCase("yes", 1)]
    [TestCase("no", 0)]
    public async Task A_changed_price_is_shown_and_only_a_confirmed_total_is_ordered(string confirmed, int orders)
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.World.Before[RequestKind.PlaceOrder] = () => fixture.World.SetProduct("apple", 15, new(250));
        string shown = await RunAsync(fixture, [.. KnownAndTwoApples, .. SameDayNoTip, confirmed, "4"]);
        shown.Should().ContainInOrder("The total is £4.98", "A price has changed: the total is £6.00 now", "£5.00", "Go on with this order?");
        fixture.World.Orders.Should().HaveCount(orders);
        if (orders > 0)
            fixture.World.Orders[0].Total.Should().Be(new Pence(600));
        else
            shown.Should().Contain("Nothing was ordered.");
    }

    [Test]
    public async Task An_expired_order_is_not_called_unordered()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.World.Script(RequestKind.PlaceOrder, new RefusalAnswer(AnswerCode.Expired));
        string shown = await RunAsync(fixture, [.. KnownAndTwoApples, .. SameDayNoTip, "4"]);
        shown.Should().Contain("see your order history").And.NotContain("Nothing was ordered");
    }

    [Test]
    public async Task A_bad_tip_is_asked_again()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        string shown = await RunAsync(fixture, [.. KnownAndTwoApples, "next-day", "yes", "-1", "a lot", "1.505", "1000.01", "2.5", "4"]);
        fixture.World.Orders.Should().ContainSingle().Which.Tip.Should().Be(new Pence(250));
        shown.Split("A tip is an amount").Should().HaveCount(5);
    }

    [Test]
    public async Task The_history_and_the_cancelling_of_an_order_by_its_id()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        string shown = await RunAsync(
            fixture,
            [
                "order history", "cancel an order", .. KnownAndTwoApples, .. SameDayNoTip, .. KnownAndTwoApples, .. SameDayNoTip,
                "3", "one", "7", "2", "history", "cancel", "2", "back", "quit",
            ]);
        fixture.World.Orders.Select(o => o.Status).Should().Equal(OrderStatus.Active, OrderStatus.Cancelled);
        shown.Should().ContainInOrder(
            "You have no orders yet.", "You have no active orders.", "Order 1 is placed", "Order 2 is placed", "Id of the order to cancel",
            "An order id is a whole number.", "You have no active order 7: choose one of 1, 2.", "Order 2 is cancelled.",
            "Cancelled", "Active", "You have no active order 2: choose one of 1.");
    }

    [Test]
    public async Task An_order_is_ordered_again_from_the_review_on()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        string shown = await RunAsync(
            fixture, ["order again", .. KnownAndTwoApples, .. SameDayNoTip, "5", "back", "again", "9", "1", "yes", "yes", "next-day", "no", "4"]);
        fixture.World.Orders.Should().HaveCount(2);
        fixture.World.Orders[1].Lines.Should().Equal(fixture.World.Orders[0].Lines);
        fixture.World.Orders[1].Delivery.Should().Be(Delivery.NextDay);
        shown.Should().ContainInOrder(
            "4. quit", "5. order again", "You have no orders yet.", "Id of the order to order again ('back' to leave)", "You have no order 9: choose one of 1.",
            "Go on with this order?", "Order 2 is placed");
    }

    [Test]
    public async Task A_script_can_go_back_and_take_a_product_out()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        await RunAsync(fixture, ["1", "yes", "apple", "2", "banana", "1", "apple", "0", "bread", "back", "done", "yes", "back", "done", "yes", "same-day", "back", "next-day", "no", "4"]);
        Order order = fixture.World.Orders.Should().ContainSingle().Subject;
        (order.Delivery, order.Lines.Single()).Should().Be((Delivery.NextDay, new OrderLine("banana", 1, new(55))));
    }

    [Test]
    public async Task A_menu_wants_a_number_or_a_word_it_shows()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        string shown = await RunAsync(fixture, ["0", "6", "dance", "", "QUIT"]);
        shown.Split("Answer with a number from 1 to 5").Should().HaveCount(5);
    }

    [Test]
    public async Task An_update_of_an_earlier_run_is_asked_again_before_the_menu()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.FrontEnd.Faults.Enqueue(Fault.CloseAfter);
        fixture.FrontEnd.Faults.Enqueue(Fault.OverloadedNotSent);
        await fixture.NewClient(new RetryPolicy(0, 0)).Awaiting(s => s.PlaceAsync(new([new("apple", 2)], Delivery.NextDay, default, null), default))
            .Should().ThrowAsync<UnavailableException>();

        string shown = await RunAsync(fixture, ["4"]);
        shown.Should().ContainInOrder("Your earlier order of 2 × apple was placed: order 1, £3.98 in all.", "What would you like to do?");
        fixture.World.Orders.Should().HaveCount(1);
    }

    [Test]
    public async Task A_failover_while_the_cart_is_open_is_one_sentence_and_the_order_goes_through()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.World.Before[RequestKind.OrderCost] = () => fixture.FrontEnd.Faults.Enqueue(Fault.CloseAfter);
        using var error = new StringWriter();
        await RunAsync(fixture, [.. KnownAndTwoApples, .. SameDayNoTip, "4"], error);
        fixture.World.Orders.Should().HaveCount(1);
        error.ToString().ReplaceLineEndings("\n").Should().Be("connection lost, trying again…\nconnected again.\n");
    }

    [Test]
    public async Task The_end_of_input_leaves_at_every_question_without_an_order()
    {
        string[] whole = [.. Introduction, "apple", "2", "done", "yes", "2", "yes", "1.50"];
        for (int answered = 0; answered < whole.Length; answered++)
        {
            await using ShopFixture fixture = await ShopFixture.StartAsync();
            await fixture.Awaiting(f => RunAsync(f, whole[..answered])).Should().ThrowAsync<EndOfInputException>();
            fixture.World.Orders.Should().BeEmpty();
        }
    }

    private static async Task<string> RunAsync(ShopFixture fixture, string[] typed, TextWriter? error = null)
    {
        using var shown = new StringWriter();
        var screen = new PlainScreen(new Terminal(new StringReader(string.Join('\n', typed) + "\n"), shown, error ?? TextWriter.Null));
        await new MenuSession(fixture.NewClient(notices: screen), screen).RunAsync(default);
        return shown.ToString();
    }
}
