using FluentAssertions;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
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
}
