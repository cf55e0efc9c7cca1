using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>Who is dropped, who joins, who is admitted.</summary>
internal sealed class ChangeMembersTests
{
    private static MemberStalled Stall(FrontEndRig rig, params int[] members) =>
        new(new Epoch(5), [.. members.Select(m => new StalledMember(rig[m].Member, StallReason.Silent))]);

    [Test]
    public void A_stalled_member_is_dropped_if_k_stay()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Receive(rig[1], Stall(rig, 3));

        Propose proposal = rig.Proposals.Single();
        proposal.Kind.Should().Be(ProposalKind.Promote);
        proposal.View.Primary.Should().Be(rig[1].Id);
        proposal.View.Members.Should().Equal(rig[1].Member, rig[2].Member);
    }

    [Test]
    public void A_stalled_member_without_which_fewer_than_k_stay_is_kept()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        rig[2].Answers = false;
        rig.Receive(rig[1], Stall(rig, 2));
        rig.Advance(1_000);
        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void A_spare_joins_and_is_admitted_before_the_stalled_member_goes()
    {
        FrontEndRig rig = FrontEndRig.Running(3, members: [1, 2]);
        rig[2].Answers = false;
        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: false));
        rig.Receive(rig[1], Stall(rig, 2));
        rig.Advance(120);
        rig.Proposals.Select(p => p.Kind).Should().Equal(ProposalKind.Join);
        rig.Proposals[0].View.Joining.Should().Be(rig[3].Member);

        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: true));
        rig.Advance(120);
        rig.Proposals.Select(p => p.Kind).Should().Equal(ProposalKind.Join, ProposalKind.Admit);

        rig.Receive(rig[1], new MemberStalled(new Epoch(7), [new StalledMember(rig[2].Member, StallReason.Silent)]));
        rig.Proposals[2].Kind.Should().Be(ProposalKind.Promote);
        rig.Proposals[2].View.Members.Should().Equal(rig[1].Member, rig[3].Member);
    }

    [Test]
    public void A_primary_that_blames_all_who_answer_is_the_one_that_is_cut_off()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig.Receive(rig[1], Stall(rig, 2, 3));

        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id);
        rig.Proposals.Single().View.Members.Should().Equal(rig[2].Member, rig[3].Member);
    }

    [Test]
    public void A_primary_that_names_itself_is_replaced()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Receive(rig[1], Stall(rig, 1));
        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id);
        rig.Proposals.Single().View.Members.Should().NotContain(rig[1].Member);
    }

    [Test]
    public void A_view_that_can_not_commit_for_two_seconds_gives_way_to_a_member_that_reaches_k()
    {
        FrontEndRig rig = FrontEndRig.Running(3, members: [1, 2]);
        for (int ms = 0; ms < 1_900; ms += 500)
        {
            rig.Receive(rig[1], Stall(rig, 2));
            rig.Advance(500);
        }

        rig.Proposals.Should().BeEmpty("2 reaches nobody");
        rig[2].Reaches = 2;
        rig.Receive(rig[1], Stall(rig, 2));
        rig.Advance(200);
        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void A_stall_of_an_older_epoch_or_of_a_backup_changes_nothing()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Receive(rig[1], new MemberStalled(new Epoch(4), [new StalledMember(rig[3].Member, StallReason.Silent)]));
        rig.Receive(rig[2], Stall(rig, 3));
        rig.Advance(100);
        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void A_member_that_lost_entries_is_dropped_and_told_of_loudly()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Receive(rig[1], new MemberStalled(new Epoch(5), [new StalledMember(rig[3].Member, StallReason.LostEntries)]));
        rig.Events.LostEntries.Should().Equal(rig[3].Id);
        rig.Proposals.Single().View.Members.Should().NotContain(rig[3].Member);
    }

    [Test]
    public void A_join_that_stalls_is_given_up_and_not_tried_again_at_once()
    {
        FrontEndRig rig = FrontEndRig.Running(3, members: [1, 2], joining: 3);
        rig.Receive(rig[1], Stall(rig, 3));
        Propose proposal = rig.Proposals.Single();
        proposal.View.Joining.Should().BeNull();
        proposal.View.Members.Should().Equal(rig[1].Member, rig[2].Member);

        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: false));
        rig.Advance(1_000);
        rig.Proposals.Should().ContainSingle();
        rig.Advance(1_500);
        rig.Proposals.Should().HaveCount(2).And.Subject.Last().Kind.Should().Be(ProposalKind.Join);
    }

    [Test]
    public void A_leaving_backup_is_dropped_at_once_if_k_stay()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Receive(rig[3], new Leaving(new Epoch(5)));
        rig.Proposals.Single().View.Members.Should().Equal(rig[1].Member, rig[2].Member);
        rig.Proposals.Single().View.Primary.Should().Be(rig[1].Id);
    }

    [Test]
    public void A_leaving_backup_without_which_fewer_than_k_stay_is_kept()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        rig.Receive(rig[2], new Leaving(new Epoch(5)));
        rig.Advance(100);
        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void A_nearly_level_spare_joins_on_a_report_of_the_current_epoch()
    {
        FrontEndRig rig = FrontEndRig.Running(3, members: [1, 2]);
        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: false, AckedViewStarted: true));
        rig.Advance(200);
        rig.Proposals.Should().BeEmpty("it is not level yet");

        rig[1].Spares[0] = new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: false);
        rig.Advance(100);

        Propose join = rig.Proposals.Single();
        join.Kind.Should().Be(ProposalKind.Join);
        (join.EvidenceEpoch, join.EvidenceHolds, join.Expected).Should().Be((new Epoch(5), true, new Epoch(5)));
        join.View.Members.Should().Equal(rig[1].Member, rig[2].Member);
    }

    [Test]
    public void Admit_rests_on_the_joins_own_epoch()
    {
        FrontEndRig rig = FrontEndRig.Running(3, members: [1, 2]);
        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: true)); // of epoch 5
        rig.Advance(120);
        rig.Proposals.Select(p => p.Kind).Should().Equal([ProposalKind.Join], "an ack of epoch 5 proves nothing in epoch 6");
        rig.Advance(300);
        rig.Proposals.Should().ContainSingle();

        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: true)); // of epoch 6
        rig.Advance(120);

        Propose admit = rig.Proposals[1];
        (admit.Kind, admit.EvidenceEpoch, admit.EvidenceHolds, admit.Expected).Should().Be((ProposalKind.Admit, new Epoch(6), true, new Epoch(6)));
        admit.View.Members.Should().Equal(rig[1].Member, rig[2].Member, rig[3].Member);
        admit.View.Joining.Should().BeNull();
    }

    [Test]
    public void A_primary_that_has_not_adopted_the_joins_epoch_gives_no_evidence()
    {
        FrontEndRig rig = FrontEndRig.Running(3, members: [1, 2]);
        rig[1].Adopts = false;
        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: true));
        rig.Advance(1_000);
        rig.Proposals.Select(p => p.Kind).Should().Equal([ProposalKind.Join], "its report is still of epoch 5");
    }

    [Test]
    public void Only_one_spare_joins_at_a_time_the_first_in_the_queue_first()
    {
        FrontEndRig rig = FrontEndRig.Running(4, members: [1, 2]);
        rig[1].Spares.Add(new SpareReport(rig[4].Member, NearlyLevel: true, AckedViewStarted: false));
        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: false));
        rig.Advance(120);
        rig.Proposals.Single().View.Joining.Should().Be(rig[3].Member);

        rig[1].Spares.Add(new SpareReport(rig[4].Member, NearlyLevel: true, AckedViewStarted: false));
        rig.Advance(300);
        rig.Proposals.Should().ContainSingle();
    }

    [Test]
    public void The_primary_is_told_where_each_spare_and_each_restarted_member_listens()
    {
        FrontEndRig rig = FrontEndRig.Running(4, members: [1, 2, 3]);
        List<Sync> Syncs() => [.. rig.SentTo(rig[1].Connection, MessageType.Sync).Select(f => f.As<Sync>())];
        Syncs().Should().Contain(new Sync(rig[4].Member, rig[4].Endpoint));
        int before = Syncs().Count;
        rig.Advance(500);
        Syncs().Should().HaveCount(before, "nothing has changed");

        rig.Kill(rig[4]);
        FrontEndRig.Restart(rig[4], new DiskId(444));
        rig.Advance(1_200);
        Syncs().Should().Contain(new Sync(rig[4].Member, rig[4].Endpoint));

        before = Syncs().Count;
        rig.Receive(rig[3], new Leaving(new Epoch(5))); // a new epoch: the primary starts from nothing
        rig.Advance(100);
        Syncs().Should().HaveCountGreaterThan(before);
    }

    [Test]
    public void Whoever_shows_a_lower_epoch_is_sent_the_view_spares_too()
    {
        FrontEndRig rig = FrontEndRig.Running(4, members: [1, 2]);
        rig[3].View = null;
        rig[4].Adopts = false;
        rig[4].View = rig.ViewOf(3, [1, 2]);
        int before = rig.SentTo(rig[4].Connection, MessageType.NewView).Count();
        rig.Advance(1_300);

        rig[3].View!.Epoch.Should().Be(new Epoch(5));
        rig.SentTo(rig[4].Connection, MessageType.NewView).Count().Should().BeInRange(before + 2, before + 4, "again every 500 ms");
        rig.SentTo(rig[3].Connection, MessageType.NewView).Last().As<NewView>().Endpoints.Should().Contain(new MemberEndpoint(rig[1].Member, rig[1].Endpoint));
    }

    [Test]
    public void The_highest_view_that_a_member_shows_is_taken_over()
    {
        FrontEndRig rig = FrontEndRig.Running();
        View next = rig.ViewOf(6, [3, 2]);
        rig[3].Adopt(next);
        rig.Advance(120);
        rig.Events.Views[^1].View.Epoch.Should().Be(new Epoch(6));
        rig[2].View!.Epoch.Should().Be(new Epoch(6));
    }

    [Test]
    public void A_view_that_a_replica_outside_the_one_in_force_shows_is_asked_for_at_the_name_server()
    {
        FrontEndRig rig = FrontEndRig.Running(4, members: [1, 2, 3]);
        View made = rig.ViewOf(9, [4, 2]);
        rig[4].Adopt(made);
        rig.Advance(1_200);
        rig.Events.Views[^1].View.Epoch.Should().Be(new Epoch(5), "it may never have been admitted");
        rig.Receive(rig[4], new Refused(Refusal.OldEpoch, made));
        rig[2].View!.Epoch.Should().Be(new Epoch(5));

        rig.View = made;
        rig.Advance(220);
        rig[2].View!.Epoch.Should().Be(new Epoch(9), "the name server was asked at once");
    }

    [TestCase(true, 5UL)]
    [TestCase(false, 9UL)]
    public void A_front_end_without_a_view_believes_a_replica_only_if_the_name_server_has_none(bool hasView, ulong epoch)
    {
        var rig = new FrontEndRig(4);
        foreach (int member in new[] { 1, 2, 3 })
            rig[member].Adopt(rig.ViewOf(5, [1, 2, 3]));
        rig[4].Adopt(rig.ViewOf(9, [4, 2]));
        rig.View = hasView ? rig.ViewOf(5, [1, 2, 3]) : null;
        rig.Advance(1_200);
        rig.Core.Epoch.Should().Be(new Epoch(epoch));
    }

    [Test]
    public void A_view_of_another_cluster_is_not_taken_over()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.View = rig.ViewOf(9, [3, 2]) with { Cluster = new ClusterId(666) };
        rig.Advance(1_200);
        rig.Events.Conflicts.Should().NotBeEmpty();
        rig.Events.Views[^1].View.Cluster.Should().Be(FrontEndRig.Cluster);
    }
}
