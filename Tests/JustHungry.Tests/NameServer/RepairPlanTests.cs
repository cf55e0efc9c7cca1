using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer;

/// <summary>Whom a repair keeps, by what the replicas answer.</summary>
public sealed class RepairPlanTests
{
    private static readonly Member R1 = Member("1");
    private static readonly Member R2 = Member("2");
    private static readonly Member R3 = Member("3");
    private static readonly View Latest = View(5, "1", [R1, R2]);

    [Test]
    public void All_members_are_kept_if_each_answers_with_the_latest_view()
    {
        RepairPlan plan = PlanOf(null, Of(R1, Latest), Of(R2, Latest), Of(R3, View(4, "1", [R1, R2, R3]), index: 99));
        plan.KeepsMembers.Should().BeTrue();
        plan.View.HasSameContentAs(Latest with { Epoch = new Epoch(1_005), Lineage = new Lineage(42, new Epoch(1_005)) }).Should().BeTrue();
    }

    [Test]
    public void The_kept_member_with_the_longest_log_leads() => PlanOf(null, Of(R1, Latest, index: 3), Of(R2, Latest, index: 4)).View.Primary.Should().Be(R2.Id);

    [Test]
    public void Without_one_member_one_goes_on_alone_and_the_loss_is_counted()
    {
        RepairPlan plan = PlanOf(null, Of(R2, Latest), Of(R3, View(4, "1", [R1, R2, R3]), index: 99));
        plan.Missing.Should().Equal(R1);
        plan.View.Members.Should().Equal([R2], "it has the latest view, so it holds all that was acknowledged before it");
        plan.View.DataLoss.Should().Be(1);
    }

    [Test]
    public void A_member_that_answers_with_an_earlier_view_or_from_another_disk_does_not_count()
    {
        PlanOf(null, Of(R1, Latest), Of(R2, Latest with { Epoch = new Epoch(4) })).Missing.Should().Equal(R2);
        PlanOf(null, Of(R1, Latest), Of(Member("2", disk: 9), Latest)).Missing.Should().Equal(R2);
        PlanOf(null, Of(R1, Latest), Of(R2, Latest with { Primary = R2.Id })).Missing.Should().ContainSingle("of one epoch there are two views");
    }

    [Test]
    public void A_joining_replica_that_does_not_answer_may_have_been_admitted_and_promoted()
    {
        View joining = Latest with { Joining = R3 };
        PlanOf(null, Of(R1, joining), Of(R2, joining)).KeepsMembers.Should().BeFalse();
        PlanOf(null, Of(R1, joining), Of(R2, joining), Of(R3, joining, index: 99)).View.Should().BeEquivalentTo(new { Joining = R3, Primary = R1.Id });
    }

    [Test]
    public void A_loss_that_either_side_counts_stays_counted()
    {
        PlanOf(View(3, "3", [R3], dataLoss: 2), Of(R1, Latest), Of(R2, Latest)).View.DataLoss.Should().Be(2);
        PlanOf(View(3, "3", [R3], dataLoss: 2), Of(R1, Latest)).View.DataLoss.Should().Be(3);
    }

    [Test]
    public void A_register_whose_own_view_is_of_another_lineage_has_orders_to_lose()
    {
        View own = View(4, "3", [R3], dataLoss: 1) with { Lineage = new Lineage(9, new Epoch(3)) };
        RepairPlan plan = PlanOf(own, Of(R1, Latest, index: 3), Of(R2, Latest, index: 4), Of(R3, own, index: 99));
        plan.KeepsMembers.Should().BeFalse();
        plan.GivenUp.Should().Be(own);
        plan.View.Members.Should().Equal(R2);
        plan.View.DataLoss.Should().Be(2);
    }

    [Test]
    public void Where_only_a_spare_knows_the_latest_view_the_longest_log_of_its_lineage_goes_on()
    {
        View fork = View(4, "2", [R2]) with { Lineage = new Lineage(9, new Epoch(3)) };
        Member spare = Member("4");
        PlanOf(null, Of(R2, fork, index: 99), Of(R3, Latest with { Epoch = new Epoch(4) }, index: 3), Of(spare, Latest, index: 2))
            .View.Members.Should().Equal(R3);
    }

    [Test]
    public void Nobody_with_a_view_makes_no_plan() => RepairPlan.Of(null, [Of(R1, null)], 42).Should().BeNull();

    private static RepairPlan PlanOf(View? current, params StatusReport[] answers) => RepairPlan.Of(current, answers, 42)!;

    private static StatusReport Of(Member member, View? view, ulong index = 2) => new(
        member, new BootId(1), Cluster, ReplicaRole.Spare, view, new EntryPosition(new EntryIndex(index), new Epoch(2)), EntryIndex.None, false, false, 0, [], null);
}
