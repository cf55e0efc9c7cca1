using FluentAssertions;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

public sealed partial class OwningTheShop
{
    [Test]
    public void An_owner_cancels_a_customers_order_once_and_its_stock_is_back()
    {
        ShopDriver shop = NewShop();
        (User owner, User customer) = (new User(500), new User(1));
        shop.Do(customer.Details());
        shop.Do(customer.Order(("apple", 3)));
        shop.Do(customer.Order(("apple", 2)));
        shop.StockOf("apple").Should().Be(10);

        UserRequest cancel = CancelFor(owner, customer, 1);
        Answer first = shop.Do(cancel);
        ((OrderAnswer)first).Order.Status.Should().Be(OrderStatus.Cancelled);
        shop.Do(cancel).Should().BeEquivalentTo(first, "the same update, asked again, is not done again");
        shop.StockOf("apple").Should().Be(13);

        shop.Do(CancelFor(owner, customer, 1)).Code.Should().Be(AnswerCode.AlreadyCancelled);
        shop.Do(customer.Cancel(1)).Code.Should().Be(AnswerCode.AlreadyCancelled);
        shop.Do(Complete(owner, customer, 1)).Code.Should().Be(AnswerCode.AlreadyCancelled);
        shop.Do(Complete(owner, customer, 2));
        shop.Do(CancelFor(owner, customer, 2)).Code.Should().Be(AnswerCode.AlreadyDelivered);
        shop.Do(CancelFor(owner, customer, 3)).Should().Be(new RefusalAnswer(AnswerCode.UnknownOrder, Field: "user"));
        shop.Do(CancelFor(owner, new User(77), 1)).Code.Should().Be(AnswerCode.UnknownOrder);
        shop.StockOf("apple").Should().Be(13);
    }

    [Test]
    public void Nobody_else_cancels_a_customers_order()
    {
        ShopDriver shop = NewShop();
        var customer = new User(1);
        shop.Do(customer.Details());
        shop.Do(customer.Order(("apple", 3)));
        UserRequest thief = new User(2).Update(RequestKind.CancelForUser, OwnerBodies.Write(new(1, 1), new OrderOfUser(customer.Id, 1), OrderOfUser.Write));
        shop.Do(thief).Code.Should().Be(AnswerCode.NotOwner);
        shop.StockOf("apple").Should().Be(12);
    }
}
