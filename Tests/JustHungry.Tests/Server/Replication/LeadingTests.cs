using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

internal sealed class LeadingTests
{
    private const ulong Barrier = 50;

    private static readonly Member Spare = new(new ReplicaId("4"), new DiskId(104));

    [Test]
    public void The_first_primary_of_a_group_opens_the_shop_and_starts_its_view()
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(1, One, [One, Two]));
        rig.Core.Replica.Log.Last.Should().Be(At(2, 1));
        rig.Core.Replica.Shop.State!.IsOpen.Should().BeTrue();
    }

    [Test]
    public void Whose_shop_it_is_is_told_once_and_not_before_entry_1_is_committed()
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(1, One, [One, Two]));
        rig.OwnersKnown.Should().BeEmpty("another primary may still open it with another owner's key");

        rig.OpenFollowers(Two);
        rig.Ack(Two, 1);
        rig.Ack(Two, 1);
        rig.Pass(Timing.TickMs);
        rig.OwnersKnown.Should().ContainSingle().Which.Should().Be(rig.Core.Replica.Shop.State!.OwnerKey);
    }

    [Test]
    public void A_stream_begins_with_the_view_and_a_probe()
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(1, One, [One, Two]));
        rig.OpenFollowers(Two);
        rig.Network.Sent.Where(s => s.To == rig.To(Two)).Take(2).Select(s => s.Type).Should().Equal(MessageType.NewView, MessageType.Append);
        rig.All<Append>(rig.To(Two)).First().Count.Should().Be(0);
    }

    [Test]
    public void A_mismatch_beyond_what_was_sent_closes_the_connection()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.Receive(rig.FrontEnd, new Sync(Spare, new Endpoint(Spare.Id.Value, 1)));
        rig.OpenFollowers(Spare);
        rig.Ack(Spare, 1);
        var far = new EntryIndex(1UL << 62);
        Action lie = () => rig.Receive(rig.To(Spare), new Mismatch(new Epoch(1), far, far, far));
        lie.Should().Throw<ProtocolViolationException>().WithMessage("*mismatch*");
    }

    [Test]
    public void An_ack_beyond_what_was_sent_closes_the_connection()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, correlation: 40);
        rig.EnterDetails(1, correlation: 41); // gathered while the first is written: nobody was sent it
        Action early = () => rig.Ack(Two, 1, match: rig.Core.Replica.Log.Last.Index.Value + 1);
        early.Should().Throw<ProtocolViolationException>();
        Action lateRound = () => rig.Ack(Two, 1, round: 1UL << 40);
        lateRound.Should().Throw<ProtocolViolationException>();
    }

    [Test]
    public void An_ack_of_less_than_the_probe_does_not_begin_the_stream_where_the_log_was_cut()
    {
        var log = new RecoveredDisk(One.Disk, ViewOf(1, One, [One, Two]), At(10, 1), [BatchOf(11, 1)], At(10, 1), new ShopState());
        var rig = new ReplicaRig(recovered: log);
        rig.Adopt(ViewOf(2, One, [One, Two]));
        rig.OpenFollowers(Two);
        rig.Ack(Two, 2, match: 3);
        rig.Pass(500);
        rig.All<Append>(rig.To(Two)).Should().OnlyContain(a => a.Previous.Index >= new EntryIndex(10));
    }

    [Test]
    public void A_body_whose_length_overflows_is_answered()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        foreach (RequestKind kind in Enum.GetValues<RequestKind>())
        {
            rig.Execute(1, new UserId(7), kind, new ReadOnlySequence<byte>([0xc6, 0xff, 0xff, 0xff, 0xff]), correlation: 60);
            rig.Answer<Executed>(rig.FrontEnd, 60).Answer.IsEmpty.Should().BeFalse("{0} is answered", kind);
        }
    }

    [Test]
    public void A_barrier_waits_for_every_member_and_the_own_disk()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, correlation: 40);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), Barrier);
        Executed executed = rig.Answer<Executed>(rig.FrontEnd, 40);

        rig.Ack(Two, 1);
        rig.Ack(Three, 1);
        rig.All<Propagated>(rig.FrontEnd).Should().BeEmpty("the own disk is still writing");
        rig.DiskIsDone();
        rig.Answer<Propagated>(rig.FrontEnd, Barrier).Should().Be(new Propagated(new Epoch(1), executed.Number));
    }

    [Test]
    public void A_barrier_is_not_done_with_one_backup()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, correlation: 40);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), Barrier);
        rig.DiskIsDone();
        rig.Ack(Two, 1);
        rig.All<Propagated>(rig.FrontEnd).Should().BeEmpty();
    }

    [Test]
    public void No_look_is_answered_while_too_many_answers_wait_to_leave_but_an_update_is()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.Network.UnsentTo[rig.FrontEnd] = rig.Core.Replica.Options.UnsentAnswersMax + 1;

        rig.ListProducts(1, correlation: 41);
        rig.EnterDetails(1, correlation: 42);

        rig.Answer<Refused>(rig.FrontEnd, 41).Reason.Should().Be(Refusal.Overloaded);
        rig.Answer<Executed>(rig.FrontEnd, 42);

        rig.Network.UnsentTo[rig.FrontEnd] = 0;
        rig.ListProducts(1, correlation: 43);
        rig.Answer<Executed>(rig.FrontEnd, 43);
    }

    [Test]
    public void A_reads_barrier_needs_an_echo_of_a_round_begun_after_it()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        ulong before = rig.All<Append>(rig.To(Two)).Last().Round.Value;
        rig.ListProducts(1, correlation: 41);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), Barrier);
        rig.Ack(Two, 1, match: 2, round: before);
        rig.Ack(Three, 1, match: 2, round: before);
        rig.All<Propagated>(rig.FrontEnd).Should().BeEmpty("those echoes were on their way before the barrier came");

        rig.Ack(Two, 1, match: 2);
        rig.Ack(Three, 1, match: 2);
        rig.All<Propagated>(rig.FrontEnd).Should().ContainSingle();
    }

    [Test]
    public void A_barrier_waits_for_joining_too()
    {
        var rig = new ReplicaRig();
        rig.Lead(1, One, Two);
        rig.Adopt(ViewOf(2, One, [One, Two], joining: Three));
        rig.OpenFollowers(Two, Three);
        rig.ListProducts(2, correlation: 42);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(2)), Barrier);
        rig.Ack(Two, 2); // the probe
        rig.Ack(Two, 2);
        rig.All<Propagated>(rig.FrontEnd).Should().BeEmpty();
        rig.Ack(Three, 2);
        rig.Ack(Three, 2);
        rig.All<Propagated>(rig.FrontEnd).Should().ContainSingle();
    }

    [Test]
    public void Acks_of_an_earlier_epoch_count_for_nothing_also_if_the_primary_stays()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.Adopt(ViewOf(2, One, [One, Two, Three]));
        rig.OpenFollowers(Two, Three);
        rig.Ack(Two, 1, match: 2, round: 99);
        rig.Ack(Three, 1, match: 2, round: 99);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(2)), Barrier);
        rig.All<Propagated>(rig.FrontEnd).Should().BeEmpty();
        rig.Core.Replica.Log.Commit.Should().Be(new EntryIndex(2), "commit stays what it was until this epoch's acks raise it");
    }

    [Test]
    public void Nothing_commits_in_a_view_below_min_replicas()
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(1, One, [One], dataLoss: 1));
        rig.ListProducts(1, correlation: 43);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), Barrier);
        rig.Pass(200);
        rig.All<Propagated>(rig.FrontEnd).Should().BeEmpty();
        rig.Core.Replica.Log.Commit.Should().Be(EntryIndex.None);
    }

    [Test]
    public void A_member_that_lacks_a_committed_entry_is_named_and_sent_nothing_more()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.Core.Closed(rig.Now, rig.To(Two));
        rig.Pass(200);
        rig.OpenFollowers(Two);
        rig.Receive(rig.To(Two), new Mismatch(new Epoch(1), new EntryIndex(2), new EntryIndex(1), EntryIndex.None));
        rig.Pass(600);
        rig.All<MemberStalled>(rig.FrontEnd).Last().Members.Should().Equal(new StalledMember(Two, StallReason.LostEntries));
        rig.Disk.Snapshots.Should().BeEmpty("a transfer would hide it");
    }

    [Test]
    public void A_member_that_holds_up_a_barrier_is_named_after_500_ms_and_again()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, correlation: 44);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), Barrier);
        rig.DiskIsDone();
        rig.Ack(Three, 1);
        rig.Pass(480);
        rig.All<MemberStalled>(rig.FrontEnd).Should().BeEmpty();
        rig.Pass(560);
        rig.All<MemberStalled>(rig.FrontEnd).Should().HaveCount(2);
        rig.All<MemberStalled>(rig.FrontEnd).First().Members.Should().Equal(new StalledMember(Two, StallReason.Silent));
    }

    [Test]
    public void A_primary_whose_own_disk_hangs_names_itself_and_nobody_else()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, correlation: 45);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), Barrier);
        rig.Ack(Two, 1);
        rig.Ack(Three, 1);
        rig.Pass(520);
        rig.All<MemberStalled>(rig.FrontEnd).Single().Members.Should().Equal(new StalledMember(One, StallReason.Silent));
    }

    [Test]
    public void Requests_of_another_epoch_are_refused()
    {
        var rig = new ReplicaRig();
        rig.Lead(4);
        rig.ListProducts(3, correlation: 47);
        rig.Answer<Refused>(rig.FrontEnd, 47).Reason.Should().Be(Refusal.OldEpoch);
        rig.ListProducts(5, correlation: 48);
        rig.Answer<Refused>(rig.FrontEnd, 48).Reason.Should().Be(Refusal.NeedView);
    }

    [Test]
    public void While_the_own_disk_writes_the_next_batch_gathers()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, correlation: 60);
        int writes = rig.Disk.Writes.Count;
        rig.EnterDetails(1, correlation: 61);
        rig.EnterDetails(1, correlation: 62);
        rig.Disk.Writes.Should().HaveCount(writes);
        rig.DiskIsDone();
        rig.Disk.Writes.Should().HaveCount(writes + 1);
        rig.Disk.Writes[^1].Append.Single().Count.Should().Be(2);
    }

    [Test]
    public void A_stopping_primary_says_so_to_its_front_ends()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.Core.Resign();
        rig.All<Resigning>(rig.FrontEnd).Single().Epoch.Should().Be(new Epoch(1));
    }
}
