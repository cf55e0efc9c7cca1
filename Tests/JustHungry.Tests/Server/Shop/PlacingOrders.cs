using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

internal sealed class PlacingOrders
{
    private ShopDriver _shop = null!;
    private User _ada = null!;

    [SetUp]
    public void Open()
    {
        _shop = new ShopDriver();
        _ada = new User(1);
        _shop.Do(_ada.Details());
    }

    [Test]
    public void An_order_takes_its_stock_and_costs_lines_delivery_and_tip()
    {
        Answer answer = _shop.Do(_ada.Order(("apple", 2), ("kale", 1)));

        _shop.Result.Should().Be(ExecutionResult.Entry);
        Order order = ((OrderAnswer)answer).Order;
        order.Should().BeEquivalentTo(new Order(
            1, OrderStatus.Active, Delivery.SameDay, new Pence(50), new Pence((2 * 199) + 99 + 100 + 50),
            [new OrderLine("apple", 2, new Pence(199)), new OrderLine("kale", 1, new Pence(99))], ShopDriver.PlacedAt));
        _shop.StockOf("apple").Should().Be(13);
        _shop.StockOf("kale").Should().Be(5);
    }

    [Test]
    public void No_order_is_placed_before_the_one_before_it_by_whatever_clock()
    {
        var ben = new User(2);
        _shop.Do(ben.Details());
        PlacedAt(_ada, clock: 0).Should().Be(0);
        PlacedAt(ben, clock: 3_600).Should().Be(3_600);
        PlacedAt(_ada, clock: -7_200).Should().Be(3_600);
        PlacedAt(ben, clock: 3_601).Should().Be(3_601);

        long PlacedAt(User who, int clock)
        {
            _shop.UtcSeconds = ShopDriver.PlacedAt + clock;
            return ((OrderAnswer)_shop.Do(who.Order(("apple", 1)))).Order.PlacedAt - ShopDriver.PlacedAt;
        }
    }

    [Test]
    public void Order_ids_count_per_user_from_1()
    {
        var ben = new User(2);
        _shop.Do(ben.Details());

        PlacedId(_ada).Should().Be(1);
        PlacedId(ben).Should().Be(1);
        PlacedId(_ada).Should().Be(2);
        PlacedId(ben).Should().Be(2);
    }

    [Test]
    public void All_of_the_stock_can_be_ordered_and_not_one_more()
    {
        _shop.Do(_ada.Order(("bread", 4))).Code.Should().Be(AnswerCode.Order);

        _shop.Do(_ada.Order(("bread", 1))).Should().Be(new RefusalAnswer(AnswerCode.LowStock, Product: "bread", Left: 0));
        _shop.StockOf("bread").Should().Be(0);
    }

    [Test]
    public void An_order_short_of_one_product_takes_nothing_of_the_others()
    {
        _shop.Do(_ada.Order(("apple", 1), ("bread", 5), ("kale", 1))).Should().Be(new RefusalAnswer(AnswerCode.LowStock, Product: "bread", Left: 4));

        _shop.Products().Should().Equal(Catalogue.Sample);
    }

    [Test]
    public void A_refused_order_spends_its_sequence()
    {
        UserRequest refused = _ada.Order(("flour", 1));
        _shop.Do(refused).Code.Should().Be(AnswerCode.LowStock);
        _shop.Result.Should().Be(ExecutionResult.Entry);

        _shop.State.SetStock(4, 10);

        _shop.Do(refused).Code.Should().Be(AnswerCode.LowStock, "its user was told no");
        _shop.Result.Should().Be(ExecutionResult.Answered);
        _shop.StockOf("flour").Should().Be(10);
    }

    [Test]
    public void A_total_that_no_longer_holds_is_refused_with_the_one_that_does()
    {
        OrderDraft draft = User.Draft(("apple", 1)) with { ConfirmedTotal = new Pence(348) };
        _shop.Do(_ada.Order(draft)).Should().Be(new RefusalAnswer(AnswerCode.PriceChanged, Total: new Pence(349)));
        _shop.StockOf("apple").Should().Be(15);

        _shop.Do(_ada.Order(draft with { ConfirmedTotal = new Pence(349) })).Code.Should().Be(AnswerCode.Order);
    }

    [Test]
    public void An_unknown_or_retired_product_or_one_in_another_case_is_not_sold()
    {
        _shop.State.SetProduct(6, Catalogue.Sample[6], retired: true);

        foreach (string product in new[] { "kale", "Apple", "caviar" })
            _shop.Do(_ada.Order(("banana", 1), (product, 1))).Should().Be(new RefusalAnswer(AnswerCode.UnknownProduct, Product: product));

        _shop.StockOf("banana").Should().Be(20);
    }

    [TestCase("lines")]
    [TestCase("quantity 0")]
    [TestCase("quantity -1")]
    [TestCase("quantity 10001")]
    [TestCase("product")]
    [TestCase("delivery")]
    [TestCase("delivery 0")]
    [TestCase("tip -1")]
    [TestCase("tip 100001")]
    [TestCase("total")]
    public void An_order_outside_the_limits_is_refused_by_its_field_without_an_entry(string fault)
    {
        OrderDraft good = User.Draft(("apple", 1));
        OrderDraft draft = fault switch
        {
            "lines" => good with { Lines = [.. Enumerable.Range(0, 101).Select(i => new CartLine("p" + i, 1))] },
            "quantity 0" => User.Draft(("banana", 1), ("apple", 0)),
            "quantity -1" => User.Draft(("apple", -1)),
            "quantity 10001" => User.Draft(("apple", 10_001)),
            "product" => User.Draft(("apple", 1), ("banana", 1), ("apple", 2)),
            "delivery" => good with { Delivery = (Delivery)4 },
            "delivery 0" => good with { Delivery = 0 },
            "tip -1" => good with { Tip = new Pence(-1) },
            "tip 100001" => good with { Tip = new Pence(100_001) },
            _ => good with { ConfirmedTotal = new Pence(-1) },
        };

        _shop.Do(_ada.Order(draft)).Should().Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: fault.Split(' ')[0]));
        AssertAnsweredWithoutEntry();
    }

    [Test]
    public void An_order_at_the_limits_is_placed()
    {
        Product[] products = [.. Enumerable.Range(0, 100).Select(i => new Product("p" + i, 10_000, new Pence(Catalogue.PricePenceMax)))];
        _shop = new ShopDriver(products);
        _shop.Do(new User(1).Details());
        OrderDraft draft = new([.. products.Select(p => new CartLine(p.Name, 10_000))], Delivery.TwoHours, new Pence(100_000), null);

        Order order = ((OrderAnswer)_shop.Do(_ada.Order(draft))).Order;

        order.Total.Should().Be(new Pence((100L * 10_000 * Catalogue.PricePenceMax) + 300 + 100_000));
        order.Lines.Should().HaveCount(100);
    }

    [Test]
    public void An_order_without_lines_is_empty()
    {
        _shop.Do(_ada.Order()).Should().Be(new RefusalAnswer(AnswerCode.EmptyOrder));
        AssertAnsweredWithoutEntry();
    }

    [Test]
    public void A_customer_whose_details_were_refused_cannot_order_and_is_answered_for_good()
    {
        var ben = new User(2);
        _shop.Do(ben.Details(), PostcodeVerdict.Invalid);

        _shop.Do(ben.Order(("apple", 1))).Should().Be(new RefusalAnswer(AnswerCode.UnknownUser));
        _shop.Result.Should().Be(ExecutionResult.Entry);
        _shop.StockOf("apple").Should().Be(15);
    }

    [Test]
    public void An_unknown_user_and_a_wrong_key_are_answered_alike_and_only_the_first_by_an_entry()
    {
        _shop.Do(new User(3).Order(("apple", 1)));
        byte[] unknown = _shop.AnswerBytes;
        _shop.Result.Should().Be(ExecutionResult.Entry);

        _shop.Do(new User(1) { Key = new UserKey(1, 78) }.Order(("apple", 1)));
        _shop.AnswerBytes.Should().Equal(unknown);
        AssertAnsweredWithoutEntry();
        _shop.StockOf("apple").Should().Be(15);
    }

    [Test]
    public void A_request_that_the_shop_fails_on_is_rejected_spends_its_sequence_and_changes_nothing()
    {
        _shop.State.SetProduct(7, new Product("yacht", 5, new Pence(long.MaxValue)), retired: false);
        UserRequest request = _ada.Order(("apple", 1), ("yacht", 2));

        _shop.Do(request).Should().Be(new RefusalAnswer(AnswerCode.Rejected));
        _shop.Result.Should().Be(ExecutionResult.Entry);
        _shop.StockOf("apple").Should().Be(15);
        _shop.StockOf("yacht").Should().Be(5);

        _shop.State.SetProduct(7, new Product("yacht", 5, new Pence(1)), retired: false);
        _shop.Do(request).Should().Be(new RefusalAnswer(AnswerCode.Rejected));
    }

    [Test]
    public void Executing_changes_nothing_until_the_entry_is_applied()
    {
        ulong before = _shop.State.Digest();

        _shop.Execute(_ada.Order(("apple", 1))).Should().Be(ExecutionResult.Entry);

        _shop.State.Digest().Should().Be(before);
    }

    private int PlacedId(User user) => ((OrderAnswer)_shop.Do(user.Order(("banana", 1)))).Order.OrderId;

    private void AssertAnsweredWithoutEntry()
    {
        _shop.Result.Should().Be(ExecutionResult.Answered);
        _shop.Entry.Should().BeEmpty();
    }
}
