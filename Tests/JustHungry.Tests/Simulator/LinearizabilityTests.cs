using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;
using NUnit.Framework;

namespace JustHungry.Tests.Simulator;

/// <summary>The check of the users' history, on histories of a few operations whose verdict is plain.</summary>
[TestFixture]
public sealed class LinearizabilityTests
{
    private static readonly CustomerDetails Ada = new("Ada", "Lovelace", "01904-320000", Wishes.GoodPostcode, "1 Street");

    [Test]
    public void A_read_that_follows_an_order_and_shows_it_is_right() =>
        Judge(Details(0, 0, 10), Order(0, 20, 30, "bread", 3, orderId: 1), Stock(1, 40, 50, bread: 1)).Should().BeNull();

    [Test]
    public void A_read_that_follows_an_order_and_does_not_show_it_is_stale() =>
        Judge(Details(0, 0, 10), Order(0, 20, 30, "bread", 3, orderId: 1), Stock(1, 40, 50, bread: 4)).Should().Contain("not linearizable");

    [Test]
    public void A_read_beside_an_order_may_show_it_or_not()
    {
        Judge(Details(0, 0, 10), Order(0, 20, 60, "bread", 3, orderId: 1), Stock(1, 40, 50, bread: 4)).Should().BeNull();
        Judge(Details(0, 0, 10), Order(0, 20, 60, "bread", 3, orderId: 1), Stock(1, 40, 50, bread: 1)).Should().BeNull();
    }

    [Test]
    public void Two_reads_in_turn_can_not_go_back() =>
        Judge(Details(0, 0, 10), Order(0, 20, 90, "bread", 3, orderId: 1), Stock(1, 30, 40, bread: 1), Stock(1, 50, 60, bread: 4))
            .Should().Contain("not linearizable");

    [Test]
    public void An_unanswered_order_may_have_been_placed_or_never()
    {
        Judge(Details(0, 0, 10), Order(0, 20, Operation.Never, "bread", 3, orderId: null), Stock(1, 40, 50, bread: 1)).Should().BeNull();
        Judge(Details(0, 0, 10), Order(0, 20, Operation.Never, "bread", 3, orderId: null), Stock(1, 40, 50, bread: 4)).Should().BeNull();
    }

    [Test]
    public void An_unanswered_order_that_was_seen_does_not_vanish_again() =>
        Judge(
            Details(0, 0, 10), Order(0, 20, Operation.Never, "bread", 3, orderId: null), Stock(1, 40, 50, bread: 1), Stock(1, 60, 70, bread: 4))
            .Should().Contain("not linearizable");

    [Test]
    public void A_refused_order_takes_nothing() =>
        Judge(Details(0, 0, 10), LowStock(0, 20, 30, "bread", 5, left: 4), Stock(1, 40, 50, bread: 3)).Should().Contain("not linearizable");

    [Test]
    public void The_last_piece_is_sold_once() =>
        Judge(
            Details(0, 0, 10), Details(1, 0, 10), Order(0, 20, 30, "bread", 3, orderId: 1), Order(1, 20, 30, "bread", 3, orderId: 1))
            .Should().Contain("not linearizable");

    [Test]
    public void Things_done_at_once_may_be_seen_in_either_order_though_only_their_names_differ()
    {
        Product rye = new("rye", 2, new(225)), nut = new("nut", 2, new(225));
        Judge(Added(0, 0, 50, rye), Added(1, 0, 50, nut), Stock(1, 60, 70, bread: 4, rye, nut)).Should().BeNull();
        Judge(Added(0, 0, 50, rye), Added(1, 0, 50, nut), Stock(1, 60, 70, bread: 4, nut, rye)).Should().BeNull();

        Operation unanswered = Order(0, 20, Operation.Never, "orange", 1, orderId: null), other = Order(0, 20, Operation.Never, "peas", 1, orderId: null);
        Product peas = new("peas", 15, new(79));
        Judge(Details(0, 0, 10), Added(1, 11, 12, peas), unanswered, other, Orders(0, 40, 50, "orange", "peas")).Should().BeNull();
        Judge(Details(0, 0, 10), Added(1, 11, 12, peas), unanswered, other, Orders(0, 40, 50, "peas", "orange")).Should().BeNull();
    }

    private static string? Judge(params Operation[] history)
    {
        try
        {
            Linearizability.Check(history, [new UserId(1), new UserId(2)]);
            return null;
        }
        catch (ViolationException e)
        {
            return e.Message;
        }
    }

    private static Operation Details(int user, long from, long to) => new()
    {
        User = user,
        Kind = RequestKind.UserDetails,
        Details = Ada,
        InvokedUs = from,
        ReturnedUs = to,
        Answer = new DetailsAnswer(Ada),
    };

    private static Operation Order(int user, long from, long to, string product, int quantity, int? orderId)
    {
        OrderDraft draft = new([new CartLine(product, quantity)], Delivery.NextDay, Pence.Zero, null);
        var line = new OrderLine(product, quantity, new Pence(225));
        return new Operation
        {
            User = user,
            Kind = RequestKind.PlaceOrder,
            Draft = draft,
            InvokedUs = from,
            ReturnedUs = to,
            Answer = orderId is { } id ? new OrderAnswer(new Order(id, OrderStatus.Active, Delivery.NextDay, Pence.Zero, line.Total, [line], 0)) : null,
        };
    }

    private static Operation LowStock(int user, long from, long to, string product, int quantity, int left)
    {
        Operation asked = Order(user, from, to, product, quantity, null);
        asked.Answer = new RefusalAnswer(AnswerCode.LowStock, Product: product, Left: left);
        return asked;
    }

    private static Operation Added(int user, long from, long to, Product product) => new()
    {
        User = user,
        Kind = RequestKind.AddProduct,
        OwnerKey = ShopOwner.Key,
        Product = product,
        InvokedUs = from,
        ReturnedUs = to,
        Answer = new ProductAnswer(product),
    };

    /// <summary>A list of two orders, of one piece each of a product at 79p.</summary>
    private static Operation Orders(int user, long from, long to, params string[] products) => new()
    {
        User = user,
        Kind = RequestKind.ViewOrders,
        InvokedUs = from,
        ReturnedUs = to,
        Answer = new OrdersAnswer(
            [.. products.Select((p, i) => new Order(i + 1, OrderStatus.Active, Delivery.NextDay, Pence.Zero, new(79), [new OrderLine(p, 1, new(79))], 0))], false),
    };

    private static Operation Stock(int user, long from, long to, int bread, params Product[] added) => new()
    {
        User = user,
        Kind = RequestKind.ProductList,
        InvokedUs = from,
        ReturnedUs = to,
        Answer = new ProductsAnswer(
            [
                new("apple", 15, new(199)), new("banana", 20, new(55)), new("orange", 15, new(79)), new("bread", bread, new(225)), new("flour", 0, new(455)),
                new("tomato", 17, new(65)), new("kale", 6, new(99)), .. added,
            ]),
    };
}
