using System.Net;
using FluentAssertions;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>How fast users may send details.</summary>
internal sealed class DetailsQuotaTests
{
    private static readonly RefusalAnswer Busy = new(AnswerCode.Overloaded, NotSent: true);

    private FrontEndRig _rig = null!;
    private ConnectionId _one, _other;

    [SetUp]
    public void Open()
    {
        _rig = FrontEndRig.Running(limits: new FrontEndLimits { DetailsOfAddress = new Pace(3, 10), DetailsInAll = new Pace(5, 20) });
        _one = _rig.OpenUser(from: 1);
        _other = _rig.OpenUser(from: 2);
    }

    [Test]
    public void Who_sends_details_too_fast_is_told_to_try_later_and_nobody_else_is()
    {
        Send(_one, 5);
        Refused(_one).Should().Equal(Busy, Busy);
        Send(_rig.OpenUser(from: 1), 1);
        _rig.RefusalsTo(_one).Should().HaveCount(2, "its other connection was told");
        Executed().Should().Be(3, "all its connections count as one");

        Send(_other, 1);
        Executed().Should().Be(4);
        _rig.Ask(_one, RequestKind.PlaceOrder);
        _rig.Ask(_one, RequestKind.ViewOrders);
        Executed().Should().Be(6, "it may do everything else");
    }

    [Test]
    public void Room_comes_back_with_time_up_to_a_burst()
    {
        Send(_one, 3);
        _rig.Advance(200);
        Send(_one, 3);
        Executed().Should().Be(5, "two in 200 ms");

        _rig.Advance(10_000);
        Send(_one, 9);
        Executed().Should().Be(8, "no more than at first");
    }

    [Test]
    public void All_addresses_together_have_a_bound_too()
    {
        for (ulong from = 10; from < 20; from++)
            Send(_rig.OpenUser(from: from), 1);
        Executed().Should().Be(5);
    }

    [Test]
    public void Ten_thousand_addresses_are_not_remembered_for_longer_than_it_matters()
    {
        var quota = new DetailsQuota(new FrontEndLimits { DetailsOfAddress = new Pace(1, 10), DetailsInAll = new Pace(100_000, 100_000) });
        for (ulong from = 0; from < 10_000; from++)
            quota.TryTake(new Now((long)from, 0), new Origin(from)).Should().BeTrue();
        quota.Remembered.Should().BeLessThan(8_193);
        quota.TryTake(new Now(10_000, 0), new Origin(9_999)).Should().BeFalse("that one is remembered");
    }

    [TestCase("10.1.2.3", "::ffff:10.1.2.3", true)]
    [TestCase("10.1.2.3", "10.1.2.4", false)]
    [TestCase("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", true)]
    [TestCase("2001:db8:1:2::5", "2001:db8:1:3::5", false)]
    public void Whoever_has_an_address_of_IPv6_has_a_network_of_them(string one, string other, bool same) =>
        (Addresses.OriginOf(IPAddress.Parse(one)) == Addresses.OriginOf(IPAddress.Parse(other))).Should().Be(same);

    private void Send(ConnectionId user, int times)
    {
        for (int i = 0; i < times; i++)
            _rig.Ask(user, RequestKind.UserDetails);
    }

    private List<RefusalAnswer> Refused(ConnectionId user) => _rig.RefusalsTo(user);

    private int Executed() => _rig.Executes(_rig[1]).Count;
}
