using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>Who is to blame for barriers that are slow, and for how long: REPLICATION.md, "Who is to blame".</summary>
internal sealed class SlowReplicasTests
{
    [Test]
    public void A_report_that_comes_after_another_front_end_has_acted_on_it_counts_against_whom_it_names()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.View = rig[1].View = rig[2].View = rig.ViewOf(6, [1, 2]); // as another front end has it
        rig.Advance(600);
        rig.Receive(rig[1], new MemberStalled(new Epoch(5), [new StalledMember(rig[3].Member, StallReason.Silent)])); // of epoch 5: it was on its way for long

        rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: false));
        rig.Advance(1_000);
        rig.Proposals.Should().BeEmpty();
        rig.Advance(1_500);
        rig.Proposals.Single().Kind.Should().Be(ProposalKind.Join);
    }

    [Test]
    public void While_barriers_complete_however_slowly_the_primary_stays()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        rig[2].Reaches = 2;
        for (int round = 0; round < 8; round++)
            StallFor(rig, 1_500, completes: true, 2);

        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void A_front_end_without_requests_sees_for_itself_whether_barriers_complete()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        int before = rig.Barriers(rig[1]).Count;
        Report(rig, 2);
        Report(rig, 2);

        rig.Barriers(rig[1]).Should().HaveCount(before + 1, "one is enough");
    }

    [Test]
    public void Who_hears_the_primary_and_has_less_on_its_disk_is_not_promoted_in_its_place([Values(2, 3)] int replicas)
    {
        FrontEndRig rig = FrontEndRig.Running(replicas);
        rig[1].Last = new EntryPosition(new EntryIndex(9), new Epoch(5));
        rig.Replicas.ForEach(r => r.Reaches = replicas);
        rig.Advance(200);
        for (int round = 0; round < 8; round++)
            StallFor(rig, 2_500, completes: false, [.. Enumerable.Range(2, replicas - 1)]);

        rig.Proposals.Should().BeEmpty("another primary would wait for the same disks");
    }

    [Test]
    public void A_join_without_which_nothing_commits_has_the_time_that_a_slow_disk_takes([Values] bool isSlow)
    {
        FrontEndRig rig = FrontEndRig.Running(3, members: [1, 2], joining: 3);
        rig[2].Answers = false;
        rig[3].Answers = isSlow;
        rig[1].Last = new EntryPosition(new EntryIndex(9), new Epoch(5));
        rig.Advance(400);
        StallFor(rig, 1_500, completes: false, 2, 3);
        if (isSlow)
        {
            rig.Proposals.Should().BeEmpty("its ack is on the way");
            StallFor(rig, 1_000, completes: false, 2, 3);
        }

        rig.Proposals[0].View.Joining.Should().BeNull("it is in the way of the next");
        rig.Proposals[0].View.Members.Should().Equal(rig[1].Member, rig[2].Member);
    }

    [Test]
    public void A_slow_primary_that_can_not_be_left_out_stays_while_barriers_complete()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        for (int round = 0; round < 4; round++)
            StallFor(rig, 1_500, completes: true, 1);
        rig.Proposals.Should().BeEmpty("it would be waited for as a backup too");

        StallFor(rig, 2_500, completes: false, 1);
        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void A_primary_that_can_not_be_left_out_stays_while_its_log_grows_but_not_for_longer()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        for (ulong entry = 10; entry < 14; entry++)
        {
            rig[1].Last = new EntryPosition(new EntryIndex(entry), new Epoch(5));
            StallFor(rig, 1_500, completes: false, 1);
        }

        rig.Proposals.Should().BeEmpty("its disk is slow, and another primary would wait for it too");
        StallFor(rig, 2_500, completes: false, 1);
        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void A_moment_in_which_slow_backups_lack_nothing_does_not_make_the_primary_one_that_is_cut_off()
    {
        FrontEndRig rig = FrontEndRig.Running(3);
        EntryPosition last = rig[1].Last = new EntryPosition(new EntryIndex(9), new Epoch(5));
        rig.Advance(200);
        StallFor(rig, 500, completes: true, 2, 3);
        (rig[2].Last, rig[3].Last) = (last, last);
        rig.Advance(200);
        Report(rig, 2, 3);

        rig.Proposals.Should().BeEmpty("a barrier has completed: its backups can answer it");
    }

    [Test]
    public void Who_was_slow_and_has_caught_up_can_find_the_primary_cut_off()
    {
        FrontEndRig rig = FrontEndRig.Running(3);
        EntryPosition last = rig[1].Last = new EntryPosition(new EntryIndex(9), new Epoch(5));
        rig.Advance(200);
        StallFor(rig, 500, completes: false, 2, 3);
        rig.Proposals.Should().BeEmpty("they write");

        (rig[2].Last, rig[3].Last) = (last, last);
        rig.Advance(200);
        Report(rig, 2, 3);
        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id, "they have everything, and their acks do not arrive");
    }

    [Test]
    public void Who_was_slow_and_does_not_hear_the_primary_any_more_can_find_it_cut_off()
    {
        FrontEndRig rig = FrontEndRig.Running(3);
        rig[1].Last = new EntryPosition(new EntryIndex(9), new Epoch(5));
        rig.Advance(200);
        StallFor(rig, 500, completes: false, 2, 3);
        (rig[2].HearsPrimary, rig[3].HearsPrimary) = (false, false);
        rig.Advance(200);
        Report(rig, 2, 3);

        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void A_primary_that_names_itself_and_everybody_else_gives_way_after_eight_seconds()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        StallFor(rig, 7_500, completes: false, 1, 2);
        rig.Proposals.Should().BeEmpty();

        StallFor(rig, 1_000, completes: false, 1, 2);
        rig.Proposals.Single().View.Primary.Should().Be(rig[2].Id);
    }

    [Test]
    public void Nobody_whom_a_primary_with_a_slow_disk_blames_too_takes_its_place()
    {
        FrontEndRig rig = FrontEndRig.Running(4);
        Report(rig, 1, 2);
        rig.Proposals.Single().View.Primary.Should().Be(rig[3].Id);
        rig.Proposals.Single().View.Members.Should().Equal(rig[3].Member, rig[4].Member);
    }

    [Test]
    public void A_primary_that_has_only_now_ended_a_slow_sync_does_not_drop_those_that_are_as_slow([Values] bool isDead, [Values] bool hasLost)
    {
        FrontEndRig rig = FrontEndRig.Running(3);
        rig[1].Last = new EntryPosition(new EntryIndex(9), new Epoch(5));
        rig[2].Last = rig[1].Last;
        rig[3].Answers = !isDead;
        rig.Advance(400);
        StallFor(rig, 1_000, completes: true, 1, 3);
        Report(rig, hasLost ? StallReason.LostEntries : StallReason.Silent, 3);
        if (isDead || hasLost)
        {
            rig.Proposals.Single().View.Members.Should().Equal([rig[1].Member, rig[2].Member], "it is not slow but gone, or has lost entries");
            return;
        }

        rig.Proposals.Should().BeEmpty("barriers complete, and would not be quicker without it");
        StallFor(rig, 1_500, completes: false, 3);
        rig.Proposals[0].View.Members.Should().Equal([rig[1].Member, rig[2].Member], "the primary's own disk is well now");
    }

    [Test]
    public void Slow_disks_everywhere_do_not_depose_each_other_for_ever()
    {
        FrontEndRig rig = FrontEndRig.Running(3);
        int afterMinute = 0;
        for (int ms = 0; ms < 180_000; ms += 500)
        {
            if (ms == 60_000)
                afterMinute = rig.Proposals.Count;
            FakeReplica primary = rig.Replicas.Single(r => r.Id == rig.View!.Primary);
            primary.Spares.Clear();
            primary.Spares.AddRange(rig.Replicas.Where(r => !rig.View!.IsRequired(r.Member)).Select(r => new SpareReport(r.Member, true, false)));
            if (rig.View!.Joining is { } joining)
                primary.Spares.Add(new SpareReport(joining, true, true));
            Report(rig, rig.Replicas.IndexOf(primary) + 1);
            rig.Advance(500);
        }

        TestContext.Out.WriteLine($"{afterMinute} views in the first minute, {rig.Proposals.Count - afterMinute} in the next two");
        (rig.Proposals.Count - afterMinute).Should().BeLessThan(36, "each disk hangs when its replica leads: one view in ten seconds for each, at most");
    }

    [Test]
    public void Each_drop_doubles_the_time_before_the_next_join([Values] bool byAnother)
    {
        FrontEndRig rig = FrontEndRig.Running(3);
        List<long> joins = [];
        for (int ms = 0; ms < 70_000; ms += 100)
        {
            View view = rig.View!;
            bool isSpare = !view.IsRequired(rig[3].Member);
            rig[1].Spares.Clear();
            rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: false));
            if (!isSpare)
            {
                if (view.Joining is not null)
                    joins.Add(rig.Now.Ms);
                if (byAnother) // the other front end was quicker
                    rig.Judge = p => p.Kind == ProposalKind.Promote ? new Proposed(ProposalOutcome.LostRace, rig.Accept(p).View) : rig.Accept(p);
                Report(rig, 3);
            }

            rig.Advance(100);
        }

        joins.Zip(joins.Skip(1), (a, b) => b - a).Select(ms => (int)Math.Round(ms / 1_000.0)).Should().Equal(4, 8, 16, 32);
    }

    [Test]
    public void While_the_view_lacks_a_replica_nobody_is_kept_waiting_for_more_than_16_seconds()
    {
        FrontEndRig rig = FrontEndRig.Running(3);
        for (int time = 0; time < 6; time++) // dropped and joined again until the wait is a minute
        {
            Report(rig, 3);
            rig.View = rig.View! with { Epoch = rig.View.Epoch.Next, Joining = null, Members = [rig[1].Member, rig[2].Member, rig[3].Member] };
            rig.Advance(1_100);
        }

        Report(rig, 3);
        rig[2].Answers = false;
        int before = rig.Proposals.Count;
        for (int ms = 0; ms < 17_000 && rig.Proposals.Count == before; ms += 500)
        {
            rig[1].Spares.Clear();
            rig[1].Spares.Add(new SpareReport(rig[3].Member, NearlyLevel: true, AckedViewStarted: false));
            Report(rig, 2);
            rig.Advance(500);
        }

        rig.Proposals.Skip(before).Select(p => p.Kind).Should().Equal(ProposalKind.Join);
    }

    /// <summary>The primary says so every 500 ms; at the end a barrier completes, or none does.</summary>
    private static void StallFor(FrontEndRig rig, int ms, bool completes, params int[] members)
    {
        for (int passed = 0; passed < ms; passed += 500)
        {
            Report(rig, members);
            rig.Advance(500);
        }

        if (completes)
            rig.Propagate(rig.Replicas.Single(r => r.Leads), 0);
    }

    private static void Report(FrontEndRig rig, params int[] members) => Report(rig, StallReason.Silent, members);

    private static void Report(FrontEndRig rig, StallReason reason, params int[] members)
    {
        FakeReplica primary = rig.Replicas.Single(r => r.Id == rig.View!.Primary);
        rig.Receive(primary, new MemberStalled(rig.View!.Epoch, [.. members.Select(m => new StalledMember(rig[m].Member, reason))]));
    }
}
