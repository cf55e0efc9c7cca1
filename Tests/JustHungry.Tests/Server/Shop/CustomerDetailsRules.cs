using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

internal sealed class CustomerDetailsRules
{
    private ShopDriver _shop = null!;
    private User _ada = null!;

    [SetUp]
    public void Open()
    {
        _shop = new ShopDriver();
        _ada = new User(1);
    }

    [Test]
    public void Valid_details_are_kept_and_shown_with_the_postcode_as_it_is_written()
    {
        CustomerDetails typed = ShopDriver.Ada with { Postcode = " sw1a1aa" };

        _shop.Do(_ada.Details(typed)).Should().Be(new DetailsAnswer(ShopDriver.Ada));
        _shop.Result.Should().Be(ExecutionResult.Entry);
        _shop.Do(_ada.ViewDetails()).Should().Be(new DetailsAnswer(ShopDriver.Ada));
        _shop.Result.Should().Be(ExecutionResult.Answered);
    }

    [Test]
    public void Later_details_replace_the_first_and_leave_the_orders()
    {
        _shop.Do(_ada.Details());
        _shop.Do(_ada.Order(("apple", 1)));
        CustomerDetails moved = ShopDriver.Ada with { Address = "Ockham Park" };

        _shop.Do(_ada.Details(moved)).Should().Be(new DetailsAnswer(moved));

        _shop.Do(_ada.ViewDetails()).Should().Be(new DetailsAnswer(moved));
        ((OrdersAnswer)_shop.Do(_ada.Orders())).Orders.Should().HaveCount(1);
    }

    [TestCase("firstName")]
    [TestCase("lastName")]
    [TestCase("phone")]
    [TestCase("postcode")]
    [TestCase("address")]
    public void The_first_invalid_field_is_named_without_an_entry_and_without_a_question_to_the_postcode_service(string field)
    {
        CustomerDetails details = field switch
        {
            "firstName" => ShopDriver.Ada with { FirstName = " ", Address = "" },
            "lastName" => ShopDriver.Ada with { LastName = "" },
            "phone" => ShopDriver.Ada with { Phone = "020 7946" },
            "postcode" => ShopDriver.Ada with { Postcode = "" },
            _ => ShopDriver.Ada with { Address = new string('x', 201) },
        };

        _shop.Do(_ada.Details(details), PostcodeVerdict.NotAsked).Should().Be(new RefusalAnswer(AnswerCode.InvalidDetails, Field: field));
        _shop.Result.Should().Be(ExecutionResult.Answered);
        _shop.Entry.Should().BeEmpty();
    }

    [Test]
    public void The_postcode_service_is_asked_before_anything_is_decided()
    {
        UserRequest request = _ada.Details(ShopDriver.Ada with { Postcode = "sw1a1aa" });

        _shop.Execute(request, PostcodeVerdict.NotAsked).Should().Be(ExecutionResult.NeedsPostcode);

        _shop.Entry.Should().BeEmpty();
        _shop.AnswerBytes.Should().BeEmpty();
        _shop.Postcode.Should().Be("SW1A 1AA");
    }

    [TestCase(PostcodeVerdict.Invalid, AnswerCode.InvalidPostcode)]
    [TestCase(PostcodeVerdict.Unavailable, AnswerCode.PostcodeServiceUnavailable)]
    public void A_refused_newcomer_is_remembered_without_details_so_that_a_late_copy_does_nothing(object verdict, object code)
    {
        UserRequest request = _ada.Details();

        _shop.Do(request, (PostcodeVerdict)verdict).Code.Should().Be((AnswerCode)code);
        _shop.Result.Should().Be(ExecutionResult.Entry);

        _shop.Do(request, PostcodeVerdict.NotAsked).Code.Should().Be((AnswerCode)code);
        _shop.Result.Should().Be(ExecutionResult.Answered, "a repetition does not ask the service again");
        _shop.Do(request).Code.Should().Be((AnswerCode)code);
        _shop.Do(_ada.ViewDetails()).Code.Should().Be(AnswerCode.UnknownUser);

        _shop.Do(_ada.Details()).Should().Be(new DetailsAnswer(ShopDriver.Ada));
    }

    [Test]
    public void A_refused_change_leaves_the_details_on_file()
    {
        _shop.Do(_ada.Details());

        _shop.Do(_ada.Details(ShopDriver.Ada with { Address = "elsewhere" }), PostcodeVerdict.Invalid).Code.Should().Be(AnswerCode.InvalidPostcode);

        _shop.Do(_ada.ViewDetails()).Should().Be(new DetailsAnswer(ShopDriver.Ada));
    }

    [Test]
    public void Nobody_sees_or_changes_anothers_details()
    {
        _shop.Do(_ada.Details());
        var thief = new User(1) { Key = new UserKey(9, 9) };

        _shop.Do(thief.ViewDetails()).Should().Be(new RefusalAnswer(AnswerCode.UnknownUser));
        _shop.Do(thief.Details(ShopDriver.Ada with { Address = "mine" })).Should().Be(new RefusalAnswer(AnswerCode.UnknownUser));
        _shop.Entry.Should().BeEmpty();
        _shop.Do(_ada.ViewDetails()).Should().Be(new DetailsAnswer(ShopDriver.Ada));
    }

    [TestCase("m11ae", "M1 1AE")]
    [TestCase("SW1A  1 AA", "SW1A 1AA")]
    [TestCase("1aa", "1AA")]
    [TestCase("", "")]
    public void A_postcode_is_written_in_capitals_with_one_space(string typed, string written) =>
        PostcodeText.Normalise(typed).Should().Be(written);
}
