using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

internal sealed class CancellingOrders
{
    private ShopDriver _shop = null!;
    private User _ada = null!;

    [SetUp]
    public void Order()
    {
        _shop = new ShopDriver();
        _ada = new User(1);
        _shop.Do(_ada.Details());
        _shop.Do(_ada.Order(("apple", 3), ("bread", 4)));
    }

    [Test]
    public void Cancelling_gives_the_stock_back_and_shows_the_order_as_cancelled()
    {
        Order order = ((OrderAnswer)_shop.Do(_ada.Cancel(1))).Order;

        order.Status.Should().Be(OrderStatus.Cancelled);
        order.Lines.Should().Equal(new OrderLine("apple", 3, new Pence(199)), new OrderLine("bread", 4, new Pence(225)));
        _shop.Products().Should().Equal(Catalogue.Sample);
        ((OrdersAnswer)_shop.Do(_ada.Orders())).Orders.Should().ContainSingle().Which.Status.Should().Be(OrderStatus.Cancelled);
        ((OrdersAnswer)_shop.Do(_ada.Active())).Orders.Should().BeEmpty();
    }

    [Test]
    public void The_stock_comes_back_once()
    {
        UserRequest cancel = _ada.Cancel(1);
        _shop.Do(cancel).Code.Should().Be(AnswerCode.Order);

        _shop.Do(cancel).Code.Should().Be(AnswerCode.Order, "a repetition gets the first answer");
        _shop.Do(_ada.Cancel(1)).Should().Be(new RefusalAnswer(AnswerCode.AlreadyCancelled));
        _shop.Result.Should().Be(ExecutionResult.Entry);
        _shop.Products().Should().Equal(Catalogue.Sample);
    }

    [Test]
    public void The_stock_of_a_retired_product_comes_back_too()
    {
        _shop.State.SetProduct(3, new Product("bread", 0, new Pence(225)), retired: true);

        _shop.Do(_ada.Cancel(1)).Code.Should().Be(AnswerCode.Order);

        _shop.State.SetProduct(0, new Product("apple", 15, new Pence(199)), retired: true);
        var tables = new RecordedTables();
        _shop.State.WriteTo(tables);
        tables.Products[3].Should().Be((new Product("bread", 4, new Pence(225)), true));
    }

    [Test]
    public void A_cancellation_that_fails_half_way_gives_nothing_back_and_is_rejected_for_good()
    {
        _shop.State.SetStock(3, int.MaxValue);
        UserRequest cancel = _ada.Cancel(1);

        _shop.Do(cancel).Should().Be(new RefusalAnswer(AnswerCode.Rejected));
        _shop.Result.Should().Be(ExecutionResult.Entry);
        _shop.StockOf("apple").Should().Be(12);

        _shop.State.SetStock(3, 0);
        _shop.Do(cancel).Should().Be(new RefusalAnswer(AnswerCode.Rejected));
        _shop.Do(_ada.Cancel(1)).Code.Should().Be(AnswerCode.Order);
        _shop.StockOf("apple").Should().Be(15);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(2)]
    [TestCase(int.MaxValue)]
    [TestCase(int.MinValue)]
    public void An_order_that_is_not_there_cannot_be_cancelled(int orderId)
    {
        _shop.Do(_ada.Cancel(orderId)).Should().Be(new RefusalAnswer(AnswerCode.UnknownOrder));
        _shop.Result.Should().Be(ExecutionResult.Entry);
    }

    [Test]
    public void Nobody_cancels_anothers_order()
    {
        var ben = new User(2);
        _shop.Do(ben.Details());

        _shop.Do(ben.Cancel(1)).Should().Be(new RefusalAnswer(AnswerCode.UnknownOrder));
        _shop.StockOf("bread").Should().Be(0);
    }

    [Test]
    public void A_delivered_order_cannot_be_cancelled_and_is_not_active()
    {
        _shop.State.SetOrderStatus(new OrderNumber(1), _ada.Id, 1, OrderStatus.Delivered);

        _shop.Do(_ada.Cancel(1)).Should().Be(new RefusalAnswer(AnswerCode.AlreadyDelivered));
        ((OrdersAnswer)_shop.Do(_ada.Active())).Orders.Should().BeEmpty();
        _shop.StockOf("bread").Should().Be(0);
    }
}
