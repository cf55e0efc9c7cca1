using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

public sealed partial class OwningTheShop
{
    [Test]
    public void A_wrong_key_changes_nothing_that_the_shop_sells_and_makes_nobody_a_customer()
    {
        ShopDriver shop = NewShop();
        ulong before = shop.State.Digest();
        var stranger = new User(600);
        foreach (UserRequest request in (UserRequest[])[Orders(stranger, 0, false, new OwnerKey(1, 3)), Report(stranger, 0, 0, new OwnerKey(0, 2))])
        {
            shop.Do(request).Should().Be(new RefusalAnswer(AnswerCode.NotOwner));
            shop.Result.Should().Be(ExecutionResult.Answered);
        }

        shop.State.Digest().Should().Be(before, "a look leaves no trace");

        UserRequest refused = Restock(stranger, "apple", 1, new OwnerKey(1, 3));
        shop.Do(refused).Should().Be(new RefusalAnswer(AnswerCode.NotOwner));
        shop.Result.Should().Be(ExecutionResult.Entry, "a late copy must be refused too, though the key may change");
        shop.Do(Restock(stranger, "apple", 1, new OwnerKey(1, 3)) with { RequestId = refused.RequestId }).Code.Should().Be(AnswerCode.NotOwner, "again under the same id");
        shop.StockOf("apple").Should().Be(15);
        Record(shop.State).Customers.Should().BeEmpty();
    }

    [Test]
    public void A_rotated_key_is_the_owners_from_then_on_and_the_one_before_is_nobodys()
    {
        ShopDriver shop = NewShop();
        var owner = new User(500);
        var next = new OwnerKey(7, 8);

        UserRequest rotation = Rotate(owner, next);
        shop.Do(rotation).Should().Be(new OwnerKeyAnswer(KeyHash.Of(next)));
        shop.Do(rotation).Should().Be(new OwnerKeyAnswer(KeyHash.Of(next)), "its answer may have been lost, and it carries the key before");
        shop.Result.Should().Be(ExecutionResult.Answered);

        shop.Do(Restock(owner, "apple", 1)).Should().Be(new RefusalAnswer(AnswerCode.NotOwner));
        shop.Do(Restock(owner, "apple", 1, next)).Should().BeOfType<ProductAnswer>();
        shop.Do(Rotate(owner, Key)).Should().Be(new RefusalAnswer(AnswerCode.NotOwner), "a leaked key can't take the shop back");
        Record(shop.State).OwnerKey.Should().Be(KeyHash.Of(next));
    }

    [Test]
    public void What_was_refused_to_a_key_stays_refused_when_that_becomes_the_owners([Values] bool isCustomer)
    {
        ShopDriver shop = NewShop();
        var hasty = new User(600);
        var next = new OwnerKey(7, 8);
        if (isCustomer)
            shop.Do(hasty.Details());

        UserRequest early = Restock(hasty, "apple", 1, next);
        shop.Do(early).Code.Should().Be(AnswerCode.NotOwner);
        shop.Do(Rotate(new User(500), next));
        shop.Do(early).Code.Should().Be(AnswerCode.NotOwner);
        shop.StockOf("apple").Should().Be(15);
    }
}
