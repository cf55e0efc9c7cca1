using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>How a front end gets its proposal to the name server: races, silence, and a name server that is away or has forgotten.</summary>
internal sealed class ProposalsTests
{
    [Test]
    public void A_lost_race_is_won_by_adopting_the_winners_view()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig.Judge = _ => new Proposed(ProposalOutcome.LostRace, rig.View = rig.ViewOf(6, [3, 2]));

        rig.Kill(rig[1]);

        rig.Events.Views[^1].View.Primary.Should().Be(rig[3].Id);
        rig.Events.Views[^1].Reason.Should().BeNull("it was another's doing");
        rig[3].Leads.Should().BeTrue("the winner may be dead: whoever sees a view sends it on");
        rig.Proposals.Should().ContainSingle();
    }

    [Test]
    public void An_unanswered_proposal_is_asked_again_under_the_same_id()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig.Judge = _ => null;
        rig.Kill(rig[1]);

        rig.Advance(1_600);

        rig.Proposals.Should().HaveCountGreaterThan(2);
        rig.Proposals.Select(p => p.ProposalId).Distinct().Should().ContainSingle();
    }

    [Test]
    public void A_name_server_that_has_just_started_is_asked_again()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig.Judge = _ => new Proposed(ProposalOutcome.TooEarly, rig.View);
        rig.Kill(rig[1]);
        rig.Judge = null;

        rig.Advance(200);

        rig[2].Leads.Should().BeTrue();
    }

    [Test]
    public void While_the_name_server_is_away_the_view_stays_in_force_and_changes_when_it_is_back()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig.CutNameServer();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Executes(rig[1]).Should().ContainSingle("nothing on the request path needs the name server");

        rig.Kill(rig[1]);
        rig.Advance(1_000);
        rig.Proposals.Should().BeEmpty();

        rig.HasNameServer = true;
        rig.Advance(300);
        rig[2].Leads.Should().BeTrue();
        rig.Executes(rig[2]).Should().ContainSingle();
    }

    [Test]
    public void A_lost_register_is_left_alone_and_requests_go_on()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Judge = _ => new Proposed(ProposalOutcome.NeedsRepair, null);
        rig.View = null;
        rig.Health = GroupHealth.RegisterLost;
        rig.Advance(2_000);

        rig.Events.Healths.Should().Equal(GroupHealth.RegisterLost);
        rig.Ask(rig.OpenUser());
        rig.Executes(rig[1]).Should().ContainSingle();
        rig.Proposals.Should().BeEmpty("a group that was there is never bootstrapped again");
    }

    [Test]
    public void A_replica_is_promoted_without_its_old_self_whose_disk_was_replaced()
    {
        FrontEndRig rig = FrontEndRig.Running();
        var oldSelf = new Member(rig[2].Id, new DiskId(555));
        View view = rig.ViewOf(6, [1, 2]);
        rig.View = view with { Members = [.. view.Members, oldSelf] };
        rig.Advance(1_000);

        rig.Kill(rig[1]);
        rig.Advance(400);

        rig.Proposals[0].View.Primary.Should().Be(rig[2].Id);
        rig.Proposals[0].View.Members.Should().Equal([rig[1].Member, rig[2].Member], "k must stay, and views name a primary by its id");
    }

    [Test]
    public void A_replica_that_reports_of_another_one_violates_the_protocol_and_is_put_into_no_view()
    {
        var rig = new FrontEndRig();
        rig[1].Answers = false;
        rig.Advance(100);

        rig.Invoking(r => r.Receive(r[1], r[2].Report)).Should().Throw<ProtocolViolationException>();
        rig.Advance(2_000);
        rig.Proposals[0].View.Members.Should().Equal(rig[2].Member, rig[3].Member);
    }

    [Test]
    public void A_view_of_another_lineage_is_taken_from_the_name_server_only([Values] bool hasAnswered)
    {
        var rig = new FrontEndRig(4) { Health = GroupHealth.RegisterBehind };
        View own = rig.ViewOf(1_022, [1, 4]) with { Lineage = new Lineage(2, new Epoch(1_020)) };
        View stray = rig.ViewOf(1_023, [3]) with { Lineage = new Lineage(1, new Epoch(1_020)) };
        rig[1].Adopt(own);
        rig[4].Adopt(own);
        rig[3].IsListening = !hasAnswered;
        rig[3].Adopt(stray);
        if (!hasAnswered)
            rig[1].IsListening = rig[4].IsListening = false;
        rig.View = hasAnswered ? own : null;
        rig.Advance(1_000);
        (rig.View, rig[1].IsListening, rig[3].IsListening, rig[4].IsListening) = (own, true, true, true);
        rig.Advance(3_000);

        rig.Core.Epoch.Should().Be(own.Epoch);
        rig[1].View!.HasSameContentAs(own).Should().BeTrue("nobody is told of what a stray replica shows");
        rig[4].View!.HasSameContentAs(own).Should().BeTrue();
    }

    [Test]
    public void After_the_last_epoch_nothing_is_proposed()
    {
        var rig = new FrontEndRig();
        rig.View = rig.ViewOf(Epoch.Max.Value, [1, 2, 3]);
        foreach (FakeReplica replica in rig.Replicas)
            replica.Adopt(rig.View);
        rig.Advance(100);

        rig.Kill(rig[1]);
        rig.Advance(3_000);

        rig.Proposals.Should().BeEmpty("the name server would hang up on what is no view");
    }
}
