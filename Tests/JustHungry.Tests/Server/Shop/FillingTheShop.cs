using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

/// <summary>A shop that has as many customers as it may hold takes nobody new, and serves those whom it has.</summary>
internal sealed class FillingTheShop
{
    private static readonly RefusalAnswer Full = new(AnswerCode.CustomersFull);

    private ShopDriver _shop = null!;
    private User _ada = null!, _ben = null!;

    [SetUp]
    public void Fill()
    {
        _shop = new ShopDriver();
        _shop.State.Limits = ShopLimits.Usual with { CustomersMax = 2 };
        _ada = new User(1);
        _ben = new User(2);
        _shop.Do(_ada.Details());
        _shop.Do(_ben.Details());
    }

    [Test]
    public void The_first_details_of_one_customer_too_many_are_refused_by_an_entry()
    {
        var eve = new User(3);
        UserRequest details = eve.Details();

        _shop.Execute(details, PostcodeVerdict.NotAsked).Should().Be(ExecutionResult.Entry, "no postcode is asked for nothing");
        _shop.Do(details).Should().Be(Full);
        _shop.State.Limits = ShopLimits.Usual;
        _shop.Do(details).Should().Be(Full, "a late copy gets the first answer, also when there is room again");
        _shop.Result.Should().Be(ExecutionResult.Answered);
        _shop.Do(eve.Order(("apple", 1))).Should().Be(new RefusalAnswer(AnswerCode.UnknownUser));
        _shop.Do(eve.Details()).Code.Should().Be(AnswerCode.Details);
    }

    [Test]
    public void Customers_of_a_full_shop_order_and_change_their_details()
    {
        _shop.Do(_ada.Details(ShopDriver.Ada with { Address = "13 St James's Square" })).Code.Should().Be(AnswerCode.Details);
        _shop.Do(_ben.Order(("apple", 1))).Code.Should().Be(AnswerCode.Order);
    }

    [Test]
    public void Nothing_keeps_the_owner_out_of_a_full_shop()
    {
        var key = new OwnerKey(1, 2);
        _shop.State.SetOwnerKey(KeyHash.Of(key));
        UserRequest restock = new User(3).Update(RequestKind.Restock, OwnerBodies.Write(key, new CartLine("apple", 5), CartLine.Write));
        _shop.Do(restock).Code.Should().Be(AnswerCode.Product);
    }

    [Test]
    public void Servers_that_are_set_otherwise_hold_the_same_shop()
    {
        var backup = ShopDriver.Transfer(_shop.State);
        backup.Limits = ShopLimits.Usual with { CustomersMax = 1 };
        _shop.State.Limits = ShopLimits.Usual;
        _shop.Do(new User(3).Details()).Code.Should().Be(AnswerCode.Details);

        EffectReader.ApplyTo(backup, new ReadOnlySequence<byte>(_shop.Entry));
        backup.Digest().Should().Be(_shop.State.Digest());
    }

    /// <summary>OPERATING.md names the figure.</summary>
    [Test]
    public void A_customer_who_has_only_given_details_costs_half_a_kilobyte_of_memory()
    {
        const int Customers = 20_000;
        _shop.State.Limits = ShopLimits.Usual;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (ulong i = 0; i < Customers; i++)
            _shop.Do(new User(100 + i).Details());
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Customers;
        TestContext.Out.WriteLine($"{each} bytes a customer");
        each.Should().BeInRange(350, 700);
    }
}
