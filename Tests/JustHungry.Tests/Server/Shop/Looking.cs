using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

internal sealed class Looking
{
    private ShopDriver _shop = null!;
    private User _ada = null!;

    [SetUp]
    public void Open()
    {
        _shop = new ShopDriver([new Product("apple", 1_000_000, new Pence(199)), new Product("kale", 6, new Pence(99))]);
        _ada = new User(1);
        _shop.Do(_ada.Details());
    }

    [Test]
    public void Anyone_may_see_the_products_that_are_on_sale()
    {
        _shop.State.SetProduct(2, new Product("mango", 3, new Pence(150)), retired: false);
        _shop.State.SetProduct(1, new Product("kale", 6, new Pence(99)), retired: true);

        _shop.Do(User.Stranger.Products()).Should().BeEquivalentTo(
            new ProductsAnswer([new Product("apple", 1_000_000, new Pence(199)), new Product("mango", 3, new Pence(150))]));
        _shop.Result.Should().Be(ExecutionResult.Answered);
        _shop.Entry.Should().BeEmpty();
        _shop.Do(User.Stranger.Retrieval(RequestKind.ProductList, [])).Code.Should().Be(AnswerCode.Products);
    }

    [Test]
    public void A_retired_name_may_be_sold_again_under_a_new_number()
    {
        _shop.State.SetProduct(1, new Product("kale", 6, new Pence(99)), retired: true);
        _shop.State.SetProduct(2, new Product("kale", 4, new Pence(120)), retired: false);
        _shop.State.SetProduct(1, new Product("kale", 6, new Pence(99)), retired: true);

        Order order = ((OrderAnswer)_shop.Do(_ada.Order(("kale", 1)))).Order;

        order.Lines.Should().Equal(new OrderLine("kale", 1, new Pence(120)));
        _shop.StockOf("kale").Should().Be(3);
    }

    [Test]
    public void Anyone_may_ask_what_a_cart_costs_whatever_is_in_stock()
    {
        _shop.Do(User.Stranger.Cost(("kale", 10), ("apple", 1))).Should().BeEquivalentTo(new CostAnswer(
            [new OrderLine("kale", 10, new Pence(99)), new OrderLine("apple", 1, new Pence(199))], new Pence(1189)));
    }

    [Test]
    public void A_cost_is_refused_by_the_same_rules_as_an_order()
    {
        _shop.Do(_ada.Cost()).Should().Be(new RefusalAnswer(AnswerCode.EmptyOrder));
        _shop.Do(_ada.Cost(("apple", 0))).Should().Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: "quantity"));
        _shop.Do(_ada.Cost(("apple", 1), ("apple", 1))).Should().Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: "product"));
        _shop.Do(_ada.Cost(("apple", 1), ("pie", 1))).Should().Be(new RefusalAnswer(AnswerCode.UnknownProduct, Product: "pie"));
        _shop.Do(_ada.Cost([.. Enumerable.Range(0, 101).Select(i => ("p" + i, 1))])).Should().Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: "lines"));
    }

    [Test]
    public void A_cost_beyond_all_numbers_is_rejected()
    {
        _shop.State.SetProduct(2, new Product("yacht", 5, new Pence(long.MaxValue)), retired: false);

        _shop.Do(User.Stranger.Cost(("yacht", 2))).Should().Be(new RefusalAnswer(AnswerCode.Rejected));
        _shop.Result.Should().Be(ExecutionResult.Answered);
    }

    [Test]
    public void Orders_come_500_at_a_time_by_rising_id()
    {
        for (int i = 0; i < 1_001; i++)
            _shop.Do(_ada.Order(("apple", 1)));

        OrdersAnswer first = Orders(_ada.Orders());
        first.Orders.Select(o => o.OrderId).Should().Equal(Enumerable.Range(1, 500));
        first.More.Should().BeTrue();
        OrdersAnswer second = Orders(_ada.Orders(500));
        second.Orders.Select(o => o.OrderId).Should().Equal(Enumerable.Range(501, 500));
        second.More.Should().BeTrue();
        OrdersAnswer last = Orders(_ada.Orders(1_000));
        last.Orders.Select(o => o.OrderId).Should().Equal(1_001);
        last.More.Should().BeFalse();
        OrdersAnswer exactly = Orders(_ada.Active(501));
        exactly.Orders.Should().HaveCount(500);
        exactly.More.Should().BeFalse();
    }

    [Test]
    public void Active_orders_are_found_between_the_cancelled_ones()
    {
        for (int i = 0; i < 300; i++)
            _shop.Do(_ada.Order(("apple", 1)));
        int[] kept = [1, 64, 65, 128, 299];
        foreach (int id in Enumerable.Range(1, 300).Except(kept))
            _shop.Do(_ada.Cancel(id));

        Ids(_ada.Active()).Should().Equal(kept);
        Ids(_ada.Active(64)).Should().Equal(65, 128, 299);
        Ids(_ada.Active(200)).Should().Equal(299);
        Ids(_ada.Active(299)).Should().BeEmpty();
        Ids(_ada.Orders()).Should().HaveCount(300);
    }

    [TestCase(-1, 3)]
    [TestCase(int.MinValue, 3)]
    [TestCase(3, 0)]
    [TestCase(int.MaxValue, 0)]
    public void Any_number_may_stand_as_after(int after, int found)
    {
        for (int i = 0; i < 3; i++)
            _shop.Do(_ada.Order(("apple", 1)));

        Ids(_ada.Orders(after)).Should().HaveCount(found);
        Ids(_ada.Active(after)).Should().HaveCount(found);
    }

    [Test]
    public void A_list_of_the_largest_orders_still_fits_a_frame()
    {
        Product[] products = [.. Enumerable.Range(0, 100).Select(i => new Product(i + new string('\u3042', 190), 1_000_000, new Pence(100_000_000)))];
        _shop = new ShopDriver(products);
        _shop.Do(new User(1).Details());
        for (int i = 0; i < 30; i++)
            _shop.Do(_ada.Order([.. products.Select(p => (p.Name, 10_000))])).Code.Should().Be(AnswerCode.Order);

        var ids = new List<int>();
        bool more = true;
        for (int pages = 0; more; pages++)
        {
            pages.Should().BeLessThan(30);
            OrdersAnswer page = Orders(_ada.Orders(ids.LastOrDefault()));
            _shop.AnswerBytes.Length.Should().BeLessThan(FrameLimits.DaemonBytesMax - 1_024);
            page.Orders.Should().NotBeEmpty();
            ids.AddRange(page.Orders.Select(o => o.OrderId));
            more = page.More;
        }

        ids.Should().Equal(Enumerable.Range(1, 30));
    }

    [Test]
    public void Strangers_and_wrong_keys_see_no_orders()
    {
        _shop.Do(_ada.Order(("apple", 1)));
        var thief = new User(1) { Key = new UserKey(9, 9) };

        foreach (UserRequest request in new[] { thief.Orders(), thief.Active(), thief.ViewDetails(), User.Stranger.Orders(), User.Stranger.Active(), User.Stranger.ViewDetails() })
            _shop.Do(request).Should().Be(new RefusalAnswer(AnswerCode.UnknownUser));
    }

    private int[] Ids(UserRequest request) => [.. Orders(request).Orders.Select(o => o.OrderId)];

    private OrdersAnswer Orders(UserRequest request) => (OrdersAnswer)_shop.Do(request);
}
