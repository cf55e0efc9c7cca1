using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>When another primary is promoted, and which.</summary>
internal sealed class PromotionPolicyTests
{
    [Test]
    public void A_killed_primary_is_replaced_at_once_when_no_member_hears_it()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;

        rig.Kill(rig[1]);

        Propose proposal = rig.Proposals.Single();
        proposal.Kind.Should().Be(ProposalKind.Promote);
        proposal.Expected.Should().Be(new Epoch(5));
        proposal.View.Primary.Should().Be(rig[2].Id);
        proposal.View.Members.Should().Equal(rig[2].Member, rig[3].Member);
        rig[2].Leads.Should().BeTrue();
        rig[3].View!.Epoch.Should().Be(new Epoch(6), "every replica is sent the new view");
    }

    [Test]
    public void While_a_member_hears_the_primary_promotion_waits_two_seconds()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[1].IsListening = false; // only this front end's link is bad
        rig.Reset(rig[1]);

        rig.Advance(1_900);
        rig.Proposals.Should().BeEmpty();

        rig.Advance(200);
        rig.Proposals.Should().ContainSingle().Which.View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void A_link_that_is_back_in_time_ends_the_suspicion()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[1].IsListening = false;
        rig.Reset(rig[1]);
        rig.Advance(1_000);
        rig[1].IsListening = true;

        rig.Advance(5_000);

        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void A_silent_primary_is_suspect_after_300_ms_and_replaced_when_nobody_hears_it()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[1].Answers = false;
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;

        rig.Advance(280);
        rig.Proposals.Should().BeEmpty();
        rig.Advance(200);
        rig.Proposals.Should().ContainSingle();
    }

    [Test]
    public void Members_are_asked_after_the_suspicion_began_before_anybody_is_promoted()
    {
        FrontEndRig rig = FrontEndRig.Running(4);
        rig.Advance(100);
        rig[3].Answers = false; // its last report is older than the suspicion, and it is connected

        rig.Kill(rig[1]);
        rig.Proposals.Should().BeEmpty("3 has its 300 ms");
        rig.Advance(320);

        rig.Proposals.Should().ContainSingle().Which.View.Members.Should().Equal(rig[2].Member, rig[4].Member);
    }

    [Test]
    public void A_view_that_has_just_come_gets_its_time_to_be_heard()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Advance(2_000);
        rig.Kill(rig[3]);
        rig.View = rig.ViewOf(6, [3, 1, 2]);
        while (rig.Events.Views[^1].View.Epoch != new Epoch(6))
            rig.Advance(20);
        rig[1].HearsPrimary = rig[2].HearsPrimary = false;

        rig.Advance(200);
        rig.Proposals.Should().BeEmpty();
        rig.Advance(200);
        rig.Proposals.Should().ContainSingle();
    }

    [Test]
    public void The_most_up_to_date_member_is_promoted_and_the_queue_decides_between_equals()
    {
        FrontEndRig rig = FrontEndRig.Running(5);
        foreach (FakeReplica replica in rig.Replicas)
            replica.HearsPrimary = false;
        rig[2].Last = new EntryPosition(new EntryIndex(90), new Epoch(4));
        rig[3].Last = new EntryPosition(new EntryIndex(20), new Epoch(5));
        rig[4].Last = new EntryPosition(new EntryIndex(21), new Epoch(5));
        rig[5].Last = new EntryPosition(new EntryIndex(21), new Epoch(5));
        rig.Advance(100);

        rig.Kill(rig[1]);

        rig.Proposals.Single().View.Primary.Should().Be(rig[4].Id);
    }

    [Test]
    public void A_spare_is_never_promoted()
    {
        FrontEndRig rig = FrontEndRig.Running(3, members: [1, 2]);
        rig[2].HearsPrimary = false;
        rig[3].Last = new EntryPosition(new EntryIndex(99), new Epoch(9));
        rig.Advance(100);

        rig.Kill(rig[1]);

        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id);
        rig.Proposals.Single().View.Members.Should().Equal([rig[1].Member, rig[2].Member], "a view never has fewer than k members");
    }

    [Test]
    public void A_replica_with_a_members_id_on_another_disk_is_no_member()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig.Kill(rig[2]);
        FrontEndRig.Restart(rig[2], new DiskId(555));
        rig.Advance(1_200);
        rig.Proposals.Clear();

        rig.Kill(rig[1]);
        rig.Advance(400);

        rig.Proposals[0].View.Primary.Should().Be(rig[3].Id);
        rig.Proposals[0].View.Members.Should().NotContain(rig[2].Member);
    }

    [Test]
    public void A_primary_that_answers_in_the_views_epoch_without_leading_counts_as_dead()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[1].Leads = false; // restarted so fast that nobody missed it

        rig.Advance(120);

        rig.Proposals.Should().ContainSingle().Which.Expected.Should().Be(new Epoch(5));
    }

    [Test]
    public void Fewer_than_k_replicas_promote_nobody()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        rig[2].HearsPrimary = false;

        rig.Kill(rig[1]);
        rig.Advance(1_500);

        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void After_a_start_of_everything_promotion_waits_until_all_members_have_answered()
    {
        FrontEndRig rig = new(3);
        rig.View = rig.ViewOf(5, [1, 2, 3]);
        foreach (FakeReplica replica in rig.Replicas)
        {
            replica.Adopt(rig.View);
            replica.Leads = replica.HearsPrimary = false;
        }

        rig[2].Last = new EntryPosition(new EntryIndex(7), new Epoch(5));
        rig[3].IsListening = false;
        rig[3].Last = new EntryPosition(new EntryIndex(8), new Epoch(5));
        rig.Advance(1_000);
        rig.Proposals.Should().BeEmpty("3 may be the most up to date");

        rig[3].IsListening = true;
        rig.Advance(200);
        rig.Proposals.Should().ContainSingle().Which.View.Primary.Should().Be(rig[3].Id);
        rig.Proposals[0].View.Members.Should().HaveCount(3, "a restarted primary is as good as any other member");
    }

    [Test]
    public void After_a_start_of_everything_promotion_waits_two_seconds_from_the_first_k_spares_included()
    {
        FrontEndRig rig = new(3);
        rig.View = rig.ViewOf(5, [1, 2]);
        rig[2].Adopt(rig.View);
        rig[2].HearsPrimary = false;
        rig[1].IsListening = false; // its disk is dead; 3 is a fresh spare
        rig.Advance(1_900);
        rig.Proposals.Should().BeEmpty();

        rig.Advance(300);
        rig.Proposals[0].View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void A_resigning_primary_hands_over_at_once_and_is_left_out()
    {
        FrontEndRig rig = FrontEndRig.Running();

        rig.Receive(rig[1], new Resigning(new Epoch(5)));

        Propose proposal = rig.Proposals.Single();
        proposal.View.Primary.Should().Be(rig[2].Id);
        proposal.View.Members.Should().Equal(rig[2].Member, rig[3].Member);
    }

    [Test]
    public void A_resigning_primary_without_which_there_are_fewer_than_k_stays_listed()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        rig.Receive(rig[1], new Resigning(new Epoch(5)));
        rig.Proposals.Single().View.Members.Should().Equal(rig[1].Member, rig[2].Member);
    }

    [Test]
    public void A_front_end_that_stood_still_does_not_take_its_own_silence_for_the_primarys()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig.Pause(10_000);
        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void A_frame_that_waited_out_a_pause_is_not_heard_in_the_future()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig[1].Answers = false;
        rig.Pause(10_000, heard: rig[1]);
        rig.Advance(700);

        rig.Proposals.Should().ContainSingle("the primary died in the pause").Which.View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void A_loop_that_is_busy_for_good_misses_a_dead_primary()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig[1].Answers = false;
        for (int batch = 0; batch < 20; batch++)
            rig.Pause(200);

        rig.Proposals.Should().ContainSingle().Which.View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void Two_front_ends_with_opposite_views_of_the_network_wait_longer_each_time()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[1].IsListening = false;
        rig.Reset(rig[1]);
        rig.Advance(2_100);
        rig.Proposals.Should().ContainSingle();

        // The other front end can't reach 2, and promotes 1 again; members hear it.
        rig.View = rig.ViewOf(7, [1, 2, 3]);
        rig[2].Adopt(rig.View);
        rig[3].Adopt(rig.View);
        rig.Advance(1_100);
        rig.Proposals.Should().ContainSingle();
        rig.Advance(2_000);
        rig.Proposals.Should().ContainSingle("it waits four seconds this time");
        rig.Advance(2_500);
        rig.Proposals.Should().HaveCount(2);
    }
}
