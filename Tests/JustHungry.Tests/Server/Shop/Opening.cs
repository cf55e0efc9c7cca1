using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

internal sealed class Opening
{
    [Test]
    public void A_shop_is_open_once_its_opening_was_applied()
    {
        var state = new ShopState();
        state.IsOpen.Should().BeFalse();

        ShopOpening.Sample.WriteTo(state);

        state.IsOpen.Should().BeTrue();
        state.Matches(ShopOpening.Sample).Should().BeTrue();
    }

    [Test]
    public void The_sample_is_the_originals()
    {
        Catalogue.Sample.Select(p => $"{p.Name} {p.Stock} {p.Price}").Should().Equal(
            "apple 15 £1.99", "banana 20 £0.55", "orange 15 £0.79", "bread 4 £2.25", "flour 0 £4.55", "tomato 17 £0.65", "kale 6 £0.99");
        Catalogue.Sample.Should().OnlyContain(p => Catalogue.FaultOf(p) == null);
    }

    [Test]
    public void An_opening_matches_whatever_is_left_in_stock_but_not_other_products_prices_or_owners()
    {
        var shop = new ShopDriver();
        shop.State.SetStock(0, 1);

        shop.State.Matches(ShopOpening.Sample).Should().BeTrue();
        shop.State.Matches(ShopOpening.Sample with { OwnerKey = KeyHash.Of(new UserKey(1, 2)) }).Should().BeFalse();
        shop.State.Matches(new ShopOpening([.. Catalogue.Sample.SkipLast(1)], null)).Should().BeFalse();
        shop.State.Matches(new ShopOpening([.. Catalogue.Sample.SkipLast(1), new Product("kale", 6, new Pence(98))], null)).Should().BeFalse();
        shop.State.Matches(new ShopOpening([.. Catalogue.Sample.SkipLast(1), new Product("kail", 6, new Pence(99))], null)).Should().BeFalse();
    }

    [Test]
    public void The_whole_state_is_written_in_one_order_however_it_came_about()
    {
        var shop = new ShopDriver();
        shop.State.SetOwnerKey(KeyHash.Of(new UserKey(1, 2)));
        var late = new User(9);
        var early = new User(3);
        shop.Do(late.Details());
        shop.Do(early.Details());
        shop.Do(late.Order(("apple", 1)));
        shop.Do(early.Order(("apple", 1)));
        shop.Do(late.Cancel(1));
        var tables = new RecordedTables();

        shop.State.WriteTo(tables);

        tables.Kinds.Should().Equal(
            ["owner", .. Enumerable.Repeat("product", 7), "customer", "customer", .. Enumerable.Repeat("answered", 5), "order", "order"]);
        tables.Customers.Should().Equal(early.Id, late.Id);
        tables.Answered.Select(a => (a.User, a.Sequence.Value)).Should().Equal((early.Id, 1UL), (early.Id, 2UL), (late.Id, 1UL), (late.Id, 2UL), (late.Id, 3UL));
        tables.Orders.Select(o => (o.Number.Value, o.User, o.OrderId, o.Status)).Should().Equal(
            (1UL, late.Id, 1, OrderStatus.Cancelled), (2UL, early.Id, 1, OrderStatus.Active));
        tables.OwnerKey.Should().Be(KeyHash.Of(new UserKey(1, 2)));
        ShopDriver.Transfer(shop.State).Digest().Should().Be(shop.State.Digest());
    }

    [Test]
    public void Every_effect_done_twice_leaves_what_it_left_the_first_time()
    {
        var shop = new ShopDriver();
        var twice = new ShopState();
        ShopOpening.Sample.WriteTo(twice);
        var ada = new User(1);
        foreach (Func<JustHungry.Protocol.Messages.UserRequest> make in new[]
        {
            () => ada.Details(), () => ada.Order(("apple", 1), ("kale", 2)), () => ada.Order(("banana", 1)), () => ada.Cancel(1), () => ada.Order(("flour", 1)),
        })
        {
            shop.Do(make());
            var effects = new ReadOnlySequence<byte>(shop.Entry);
            EffectReader.ApplyTo(twice, effects);
            EffectReader.ApplyTo(twice, effects);
            twice.Digest().Should().Be(shop.State.Digest());
        }
    }

    [Test]
    public void Each_thing_the_state_holds_changes_its_digest()
    {
        var seen = new List<ulong>();
        var shop = new ShopDriver();
        seen.Add(shop.State.Digest());
        shop.State.SetOwnerKey(KeyHash.Of(new UserKey(1, 2)));
        seen.Add(shop.State.Digest());
        shop.State.SetStock(6, 7);
        seen.Add(shop.State.Digest());
        shop.State.SetProduct(6, new Product("kale", 7, new Pence(100)), retired: false);
        seen.Add(shop.State.Digest());
        shop.State.SetProduct(6, new Product("kale", 7, new Pence(100)), retired: true);
        seen.Add(shop.State.Digest());
        shop.State.SetCustomer(new UserId(1), KeyHash.Of(new UserKey(1, 77)), null);
        seen.Add(shop.State.Digest());
        shop.State.SetCustomer(new UserId(1), KeyHash.Of(new UserKey(1, 77)), ShopDriver.Ada);
        seen.Add(shop.State.Digest());
        shop.State.AddAnswered(new AnsweredRequest(new UserId(1), new Sequence(1), new RequestId(5), 6, new ReadOnlySequence<byte>([1, 2])));
        seen.Add(shop.State.Digest());
        shop.State.AddOrder(new OrderRow(
            new OrderNumber(1), new UserId(1), 1, OrderStatus.Active, Delivery.NextDay, Pence.Zero, new Pence(199), 5, [new OrderRowLine(0, 1, new Pence(199))]));
        seen.Add(shop.State.Digest());
        shop.State.SetOrderStatus(new OrderNumber(1), new UserId(1), 1, OrderStatus.Cancelled);
        seen.Add(shop.State.Digest());

        seen.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Effects_that_no_shop_can_have_made_break_an_invariant()
    {
        var shop = new ShopDriver();
        var user = new UserId(1);
        shop.State.SetCustomer(user, default, null);
        OrderRow order = new(new OrderNumber(1), user, 1, OrderStatus.Active, Delivery.NextDay, Pence.Zero, Pence.Zero, 0, []);
        Action[] impossible =
        [
            () => shop.State.SetStock(0, -1),
            () => shop.State.SetProduct(0, new Product("apple", -1, Pence.Zero), retired: false),
            () => shop.State.SetProduct(8, new Product("pear", 1, Pence.Zero), retired: false),
            () => shop.State.AddOrder(order with { Number = new OrderNumber(2) }),
            () => shop.State.AddOrder(order with { Number = OrderNumber.None }),
            () => shop.State.AddOrder(order with { OrderId = 2 }),
            () => shop.State.AddOrder(order with { User = new UserId(2) }),
            () => shop.State.SetOrderStatus(new OrderNumber(1), user, 1, OrderStatus.Cancelled),
            () => shop.State.AddAnswered(new AnsweredRequest(new UserId(2), new Sequence(1), new RequestId(1), 0, ReadOnlySequence<byte>.Empty)),
            () => shop.State.AddAnswered(new AnsweredRequest(user, Sequence.None, new RequestId(1), 0, ReadOnlySequence<byte>.Empty)),
        ];

        foreach (Action effect in impossible)
            effect.Should().Throw<InvariantException>();
    }
}
