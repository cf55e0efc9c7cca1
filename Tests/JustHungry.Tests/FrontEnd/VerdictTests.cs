using FluentAssertions;
using JustHungry.FrontEnd.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>What a front end and <c>frontend promote</c> say of the group.</summary>
internal sealed class VerdictTests
{
    [Test]
    public void A_front_end_knows_what_its_verdict_needs()
    {
        FrontEndRig rig = FrontEndRig.Running();
        Diagnosis.Of(rig.Core.Knowledge).Should().Be(Verdict.Ok);

        rig.CutNameServer();
        rig.Advance(200);
        Diagnosis.Of(rig.Core.Knowledge).ToString().Should().StartWith("DEGRADED: the name server at 127.0.0.1:9090 is away");

        Diagnosis.Of(FrontEndRig.Running(members: [1]).Core.Knowledge).ToString().Should().StartWith("NOT TAKING ORDERS: the view has 1 member");
    }

    [Test]
    public void A_front_end_knows_who_keeps_orders_from_being_committed_and_how_many_servers_the_first_view_needs()
    {
        FrontEndRig rig = FrontEndRig.Running(replicas: 2);
        rig[1].Last = new EntryPosition(new EntryIndex(9), new Epoch(5)); // the other one's disk hangs, so to promote it would not help
        rig.Advance(200);
        for (int reported = 0; reported < 16; reported++)
        {
            Diagnosis.Of(rig.Core.Knowledge).ToString().Should().StartWith("DEGRADED", "slow disks take up to 8 s, and then it commits, {0}", reported);
            rig.Receive(rig[1], new MemberStalled(rig.Core.Epoch, [new StalledMember(rig[2].Member, StallReason.Silent)]));
            rig.Advance(500);
        }

        Diagnosis.Of(rig.Core.Knowledge).ToString().Should().StartWith("NOT TAKING ORDERS: nothing commits: 2 must acknowledge every order");
        rig.Propagate(rig[1], 0);
        rig.Advance(20);
        Diagnosis.Of(rig.Core.Knowledge).TakesOrders.Should().BeTrue("a barrier has completed");

        new FrontEndRig(minReplicas: 3).Core.Knowledge.MinReplicas.Should().Be(3);
    }

    [Test]
    public void A_front_end_knows_whose_clock_is_wrong()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[1].UtcMs = 75_000;
        rig[2].UtcMs = rig[3].UtcMs = 0;
        rig.Advance(200);
        Diagnosis.Of(rig.Core.Knowledge).ToString().Should().Be("DEGRADED: the clock of 1 is 75 s ahead of that of 2 - let NTP set the clocks");
    }

    [Test]
    public void A_promotion_says_what_it_changed_or_that_nothing_can_commit()
    {
        View view = FrontEndRig.Running().ViewOf(6, [2, 3]);
        var one = new ReplicaId("1");
        TextOf(view, one, TimeSpan.FromMilliseconds(12.3)).Should().StartWith("2 is primary now (was 1), 12 ms" + Environment.NewLine + "group ");
        TextOf(view, view.Primary, TimeSpan.Zero).Should().StartWith("2 is the primary already");
        TextOf(view, one, null).Should().StartWith("2 is to be the primary now (was 1), and does not lead yet");
        TextOf(view with { Members = [view.Members[0]] }, one, TimeSpan.FromMilliseconds(12)).Should()
            .Contain("nothing can commit: the view has only 1 of the 2 members that orders need");

        static string TextOf(View view, ReplicaId before, TimeSpan? leadsAfter) => PromotionReport.TextOf(new PromotionOutcome(view, before, leadsAfter, Verdict.Ok));
    }
}
