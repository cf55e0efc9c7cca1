using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

/// <summary>What the owner's key allows, and that nothing else does.</summary>
public sealed partial class OwningTheShop
{
    private static readonly OwnerKey Key = new(1, 2);
    private static readonly User Owner = new(500);
    private static readonly User Customer = new(1);

    [Test]
    public void A_product_is_added_restocked_priced_and_ordered()
    {
        ShopDriver shop = NewShop();
        var owner = new User(500);
        shop.Do(Add(owner, new Product("plum", 2, new Pence(30)))).Should().Be(new ProductAnswer(new Product("plum", 2, new Pence(30))));
        shop.Do(Restock(owner, "plum", 8)).Should().Be(new ProductAnswer(new Product("plum", 10, new Pence(30))));
        shop.Do(Price(owner, "plum", 45)).Should().Be(new ProductAnswer(new Product("plum", 10, new Pence(45))));
        shop.Products()[^1].Should().Be(new Product("plum", 10, new Pence(45)));
        shop.Do(Customer.Details());
        shop.Do(Customer.Order(("plum", 3))).Should().BeOfType<OrderAnswer>().Which.Order.Lines[0].Price.Should().Be(new Pence(45));
        shop.StockOf("plum").Should().Be(7);
    }

    [Test]
    public void A_price_of_before_stays_in_the_orders_of_before()
    {
        ShopDriver shop = NewShop();
        var owner = new User(500);
        var customer = new User(2);
        shop.Do(customer.Details());
        shop.Do(customer.Order(("apple", 2)));
        shop.Do(Price(owner, "apple", 500));
        ((OrdersAnswer)shop.Do(customer.Orders())).Orders[0].Lines[0].Price.Should().Be(new Pence(199));
        shop.StockOf("apple").Should().Be(13, "a new price changes no stock");
    }

    [Test]
    public void A_retired_product_is_not_sold_but_stays_in_old_orders_and_takes_back_what_is_cancelled()
    {
        ShopDriver shop = NewShop();
        var owner = new User(500);
        var customer = new User(2);
        shop.Do(customer.Details());
        shop.Do(customer.Order(("bread", 3)));
        shop.Do(Retire(owner, "bread")).Should().Be(new ProductAnswer(new Product("bread", 1, new Pence(225))));

        shop.Products().Should().NotContain(p => p.Name == "bread");
        shop.Do(customer.Order(("bread", 1))).Should().Be(new RefusalAnswer(AnswerCode.UnknownProduct, Product: "bread"));
        ((OrdersAnswer)shop.Do(customer.Orders())).Orders[0].Lines[0].Product.Should().Be("bread");
        shop.Do(Restock(owner, "bread", 1)).Code.Should().Be(AnswerCode.UnknownProduct);

        shop.Do(customer.Cancel(1)).Should().BeOfType<OrderAnswer>();
        RecordedTables tables = Record(shop.State);
        tables.Products[3].Should().Be((new Product("bread", 4, new Pence(225)), true));

        shop.Do(Add(owner, new Product("bread", 9, new Pence(250)))).Should().BeOfType<ProductAnswer>();
        shop.StockOf("bread").Should().Be(9, "the new bread is a product of its own");
        ((OrdersAnswer)shop.Do(customer.Orders())).Orders[0].Lines[0].Price.Should().Be(new Pence(225));
    }

    [Test]
    public void An_order_is_completed_once_and_not_cancelled_after_that()
    {
        ShopDriver shop = NewShop();
        var owner = new User(500);
        var customer = new User(2);
        shop.Do(customer.Details());
        shop.Do(customer.Order(("apple", 2)));
        shop.Do(customer.Order(("apple", 1)));
        shop.Do(customer.Cancel(2));

        shop.Do(Complete(owner, customer, 1)).Should().BeOfType<OrderAnswer>().Which.Order.Status.Should().Be(OrderStatus.Delivered);
        shop.Do(Complete(owner, customer, 1)).Code.Should().Be(AnswerCode.AlreadyDelivered);
        shop.Do(Complete(owner, customer, 2)).Code.Should().Be(AnswerCode.AlreadyCancelled);
        shop.Do(Complete(owner, customer, 3)).Should().Be(new RefusalAnswer(AnswerCode.UnknownOrder, Field: "user"));
        shop.Do(Complete(owner, new User(77), 1)).Code.Should().Be(AnswerCode.UnknownOrder);
        shop.Do(customer.Cancel(1)).Code.Should().Be(AnswerCode.AlreadyDelivered);
        shop.StockOf("apple").Should().Be(13, "what was delivered is gone");
        ((OrdersAnswer)shop.Do(customer.Active())).Orders.Should().BeEmpty();
    }

    [Test]
    public void A_shop_opened_without_a_key_has_no_owner()
    {
        var shop = new ShopDriver();
        shop.Do(Restock(new User(500), "apple", 1)).Should().Be(new RefusalAnswer(AnswerCode.NoOwner));
        shop.Do(Restock(new User(500), "apple", 1, default)).Should().Be(new RefusalAnswer(AnswerCode.NoOwner));
        shop.Do(Rotate(new User(501), Key)).Should().Be(new RefusalAnswer(AnswerCode.NoOwner));
        shop.StockOf("apple").Should().Be(15);
    }

    [Test]
    public void The_owners_key_is_no_key_to_another_users_name()
    {
        ShopDriver shop = NewShop();
        var customer = new User(2);
        shop.Do(customer.Details());
        var thief = new User(2) { Key = new UserKey(9, 9) };
        _ = thief.Details();
        shop.Do(Restock(thief, "apple", 1)).Should().Be(new RefusalAnswer(AnswerCode.UnknownUser));
    }

    [Test]
    public void An_update_takes_effect_once_and_its_refusal_is_kept_too()
    {
        ShopDriver shop = NewShop();
        var owner = new User(500);
        UserRequest more = Restock(owner, "apple", 5);
        Answer first = shop.Do(more);
        shop.Result.Should().Be(ExecutionResult.Entry);
        shop.Do(more).Should().Be(first);
        shop.Result.Should().Be(ExecutionResult.Answered);
        shop.StockOf("apple").Should().Be(20);

        UserRequest unknown = Retire(owner, "caviar");
        shop.Do(unknown).Should().Be(new RefusalAnswer(AnswerCode.UnknownProduct, Product: "caviar"));
        shop.Result.Should().Be(ExecutionResult.Entry, "caviar may be sold by the time a late copy comes");
        shop.Do(Add(owner, new Product("caviar", 1, new Pence(9900))));
        shop.Do(unknown).Should().Be(new RefusalAnswer(AnswerCode.UnknownProduct, Product: "caviar"));
        shop.Do(Add(owner, new Product("caviar", 1, new Pence(9900)))).Should().Be(new RefusalAnswer(AnswerCode.ProductExists, Product: "caviar"));
    }

    [Test]
    public void What_is_wrong_with_the_request_alone_is_named_without_an_entry()
    {
        ShopDriver shop = NewShop();
        var owner = new User(500);
        (UserRequest Request, string Field)[] wrong =
        [
            (Add(owner, new Product(" plum", 1, new Pence(1))), "name"),
            (Add(owner, new Product("plum", -1, new Pence(1))), "stock"),
            (Add(owner, new Product("plum", 1, new Pence(100_000_001))), "price"),
            (Price(owner, "apple", -1), "price"),
            (Restock(owner, "apple", 0), "quantity"),
        ];
        foreach ((UserRequest request, string field) in wrong)
        {
            shop.Do(request).Should().Be(new RefusalAnswer(AnswerCode.InvalidProduct, Field: field));
            shop.Result.Should().Be(ExecutionResult.Answered);
        }

        shop.Do(Restock(owner, "apple", OrderLimits.StockMax)).Should().Be(new RefusalAnswer(AnswerCode.InvalidProduct, Field: "quantity"));
        shop.Result.Should().Be(ExecutionResult.Entry, "how much fits depends on what is there");
    }

    [Test]
    public void A_body_that_is_no_owners_is_malformed()
    {
        ShopDriver shop = NewShop();
        shop.Do(new User(500).Update(RequestKind.Restock, [0xC0])).Should().Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: "body"));
        byte[] trailing = [.. OwnerBodies.Write(Key, "apple", OwnerBodies.WriteName), 0xC0];
        shop.Do(new User(501).Update(RequestKind.RetireProduct, trailing)).Should().Be(new RefusalAnswer(AnswerCode.InvalidOrder, Field: "body"));
    }

    [Test]
    public void The_key_is_in_no_entry()
    {
        var secret = new OwnerKey(0x0123456789ABCDEF, 0xFEDCBA9876543210);
        ShopDriver shop = NewShop(secret);
        byte[] key = new byte[OwnerKey.Bytes];
        secret.CopyTo(key);
        UserRequest request = Restock(new User(500), "apple", 5, secret);
        request.Body.ToArray().AsSpan().IndexOf(key).Should().BePositive();
        shop.Do(request).Should().BeOfType<ProductAnswer>();
        shop.Entry.AsSpan().IndexOf(key.AsSpan()[16..]).Should().Be(-1);
        shop.Do(Restock(new User(501), "apple", 5, secret)).Should().BeOfType<ProductAnswer>();
    }

    [Test]
    public void A_shop_is_full_at_what_one_answer_lists()
    {
        var shop = new ShopDriver([.. Enumerable.Range(0, OrderLimits.ProductsMax).Select(i => new Product("p" + i, 1, new Pence(1)))]);
        shop.State.SetOwnerKey(KeyHash.Of(Key));
        var owner = new User(500);
        shop.Do(Add(owner, new Product("one more", 1, new Pence(1)))).Should().Be(new RefusalAnswer(AnswerCode.ShopFull));
        shop.Do(Retire(owner, "p7"));
        shop.Do(Add(owner, new Product("one more", 1, new Pence(1)))).Should().BeOfType<ProductAnswer>();
    }

    [Test]
    public void The_owner_sees_every_order_with_its_customer_in_pages()
    {
        ShopDriver shop = NewShop([new Product("apple", 10_000, new Pence(199))]);
        var one = new User(2);
        var other = new User(3);
        shop.Do(one.Details());
        shop.Do(other.Details(ShopDriver.Ada with { FirstName = "Grace" }));
        for (int i = 0; i < OrderLimits.OrdersPerAnswer; i++)
            shop.Do((i % 2 == 0 ? one : other).Order(("apple", 1)));
        shop.Do(other.Order(("apple", 7)));
        shop.Do(one.Cancel(1));
        shop.Do(Complete(new User(500), other, 1));

        var first = (ShopOrdersAnswer)shop.Do(Orders(Owner, 0, activeOnly: false));
        first.More.Should().BeTrue();
        first.Orders.Should().HaveCount(OrderLimits.OrdersPerAnswer);
        first.Orders[0].Should().BeEquivalentTo(new { Number = new OrderNumber(1), User = one.Id, Order = new { OrderId = 1, Status = OrderStatus.Cancelled } });
        first.Orders[1].Customer!.FirstName.Should().Be("Grace");
        var rest = (ShopOrdersAnswer)shop.Do(Orders(Owner, first.Orders[^1].Number.Value, activeOnly: false));
        rest.More.Should().BeFalse();
        rest.Orders.Should().ContainSingle().Which.Order.Lines[0].Quantity.Should().Be(7);

        var active = (ShopOrdersAnswer)shop.Do(Orders(Owner, 0, activeOnly: true));
        active.Orders.Select(o => o.Number.Value).Should().Equal(Enumerable.Range(3, OrderLimits.OrdersPerAnswer - 1).Select(n => (ulong)n));
        active.More.Should().BeFalse();
        ShopState copy = ShopDriver.Transfer(shop.State);
        copy.Digest().Should().Be(shop.State.Digest());
        ActiveIn(copy).Should().Be(OrderLimits.OrdersPerAnswer - 1, "a state transfer brings the index along");
    }

    [Test]
    public void A_page_of_long_addresses_fits_its_frame()
    {
        ShopDriver shop = NewShop([new Product(new string('€', 200), 10_000_000, new Pence(199)), .. Enumerable.Range(0, 99).Select(i => new Product(i + new string('€', 190), 10_000_000, new Pence(1)))]);
        var customer = new User(2);
        string long_ = new('€', 200);
        shop.Do(customer.Details(new CustomerDetails(long_, long_, "1", long_, long_)));
        (string, int)[] lines = [.. shop.Products().Select(p => (p.Name, 10_000))];
        for (int i = 0; i < 20; i++)
            shop.Do(customer.Order(lines));
        var page = (ShopOrdersAnswer)shop.Do(Orders(Owner, 0, activeOnly: true));
        shop.AnswerBytes.Length.Should().BeLessThan(FrameLimits.DaemonBytesMax);
        page.More.Should().BeTrue();
        page.Orders.Should().NotBeEmpty();
    }

    [Test]
    public void A_report_adds_up_what_was_not_cancelled_since_a_time()
    {
        ShopDriver shop = NewShop();
        var customer = new User(2);
        shop.Do(customer.Details());
        shop.Do(customer.Order(("apple", 2), ("bread", 1)));   // 3.98 + 2.25 + 1.00 + 0.50
        shop.Do(customer.Order(("banana", 4)));                // 2.20 + 1.00 + 0.50
        shop.Do(customer.Order(("apple", 1)));
        shop.Do(customer.Cancel(3));
        shop.Do(Complete(new User(500), customer, 1));

        var report = (ShopReportAnswer)shop.Do(Report(Owner, 0, ShopDriver.PlacedAt));
        report.Should().BeEquivalentTo(new ShopReportAnswer(
            new OrderNumber(3), false, 1, 1, 1, new Pence(773 + 370), new Pence(100), new Pence(200),
            [new("apple", 2, new Pence(398)), new("banana", 4, new Pence(220)), new("bread", 1, new Pence(225))]));
        var later = (ShopReportAnswer)shop.Do(Report(Owner, 0, ShopDriver.PlacedAt + 1));
        later.Should().BeEquivalentTo(new ShopReportAnswer(new OrderNumber(3), false, 0, 0, 0, Pence.Zero, Pence.Zero, Pence.Zero, []));
        ((ShopReportAnswer)shop.Do(Report(Owner, 1, 0))).Active.Should().Be(1, "those after the first only");
    }

    [Test]
    public void A_report_looks_at_a_bounded_number_of_orders()
    {
        ShopDriver shop = NewShop([new Product("apple", OrderLimits.StockMax, new Pence(1))]);
        var customer = new User(2);
        shop.Do(customer.Details());
        for (int i = 0; i < OrderLimits.OrdersPerReport + 5; i++)
            shop.Do(customer.Order(("apple", 1)));
        var first = (ShopReportAnswer)shop.Do(Report(Owner, 0, 0));
        (first.More, first.Active, first.Last.Value).Should().Be((true, OrderLimits.OrdersPerReport, (ulong)OrderLimits.OrdersPerReport));
        var rest = (ShopReportAnswer)shop.Do(Report(Owner, first.Last.Value, 0));
        (rest.More, rest.Active).Should().Be((false, 5));
    }

    private static ShopDriver NewShop(OwnerKey? key = null) => NewShop(Catalogue.Sample, key);

    private static ShopDriver NewShop(IReadOnlyList<Product> products, OwnerKey? key = null)
    {
        var shop = new ShopDriver(products);
        shop.State.SetOwnerKey(KeyHash.Of(key ?? Key));
        return shop;
    }
}
