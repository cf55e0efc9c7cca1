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

/// <summary>How a primary keeps spares in sync, and when it reports them as ready to join.</summary>
internal sealed class SyncingSparesTests
{
    private const ulong Barrier = 50;

    private static readonly Member Spare = new(new ReplicaId("4"), new DiskId(104));

    [Test]
    public void A_primary_steps_down_on_the_word_of_who_counts_in_its_view_and_not_of_a_spare()
    {
        var rig = new ReplicaRig();
        rig.Lead(1, One, Two);
        rig.Receive(rig.FrontEnd, new Sync(Three, new Endpoint(Three.Id.Value, 1)));
        rig.OpenFollowers(Three);
        View later = ViewOf(9, Three, [One, Three]);

        rig.Receive(rig.To(Three), new Refused(Refusal.OldEpoch, later));
        rig.Core.IsLeading.Should().BeTrue("a spare may say anything");
        rig.Receive(rig.To(Two), new Refused(Refusal.OldEpoch, later));
        rig.Core.IsLeading.Should().BeFalse();
    }

    [Test]
    public void A_spare_can_not_be_ready_for_a_chunk_that_it_was_not_sent()
    {
        var log = new RecoveredDisk(One.Disk, ViewOf(1, One, [One, Two]), At(10, 1), [BatchOf(11, 1)], At(10, 1), new ShopState());
        var rig = new ReplicaRig(recovered: log);
        rig.Adopt(ViewOf(2, One, [One, Two]));
        rig.Receive(rig.FrontEnd, new Sync(Spare, new Endpoint(Spare.Id.Value, 1)));
        rig.OpenFollowers(Two, Spare);
        EntryIndex probed = rig.All<Append>(rig.To(Spare)).Last().Previous.Index;
        rig.Receive(rig.To(Spare), new Mismatch(new Epoch(2), probed, new EntryIndex(1), EntryIndex.None));
        TransferId transfer = rig.Disk.Snapshots.Single();
        rig.Core.SnapshotOpened(transfer, At(11, 1));
        Ready(0).Should().NotThrow();
        Ready(1).Should().Throw<ProtocolViolationException>("the first chunk is still read");
        rig.Core.SnapshotRead(transfer, new byte[] { 1 }, last: true);
        Ready(2).Should().Throw<ProtocolViolationException>("the end was not sent");
        Ready(1).Should().NotThrow();
        Ready(2).Should().NotThrow();

        Action Ready(int chunk) => () => rig.Receive(rig.To(Spare), new TransferReady(new Epoch(2), transfer, chunk));
    }

    [Test]
    public void A_member_whose_disk_was_replaced_is_synced_as_a_spare_beside_its_old_self()
    {
        var rig = new ReplicaRig();
        rig.Lead(1, One, Two);
        var replaced = new Member(Two.Id, new DiskId(999));
        rig.Core.Closed(rig.Now, rig.To(Two));
        Stream(rig, replaced);
        rig.Ack(replaced, 1);
        rig.Ack(replaced, 1);
        rig.Status().Spares.Should().ContainSingle().Which.Should().Be(new SpareReport(replaced, NearlyLevel: true, AckedViewStarted: true));

        rig.EnterDetails(1, correlation: 46);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), Barrier);
        rig.DiskIsDone();
        rig.Ack(replaced, 1);
        rig.All<Propagated>(rig.FrontEnd).Should().BeEmpty("its ack is not the member's");
    }

    [Test]
    public void A_spare_that_acked_too_slowly_lately_would_hold_up_the_others_and_is_not_nearly_level()
    {
        var rig = new ReplicaRig();
        rig.Lead(1, One, Two);
        Stream(rig, Three);
        bool IsNearlyLevel() => rig.Status().Spares.Single().NearlyLevel;

        rig.Ack(Three, 1);
        IsNearlyLevel().Should().BeFalse("it has fsynced nothing in this epoch yet");
        rig.Ack(Three, 1);
        IsNearlyLevel().Should().BeTrue();

        rig.EnterDetails(1, correlation: 46);
        rig.DiskIsDone();
        rig.Pass(700);
        IsNearlyLevel().Should().BeFalse("an entry waits for its ack");
        rig.Ack(Three, 1, match: 3);
        IsNearlyLevel().Should().BeFalse("it took too long");
        for (int time = 0; time < 5; time++)
        {
            rig.Pass(1_020);
            rig.Ack(Three, 1, match: 3);
        }

        IsNearlyLevel().Should().BeTrue("that was long ago");
    }

    [Test]
    public void No_spare_is_nearly_level_before_the_epoch_has_committed_anything_or_has_had_time_to()
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(1, One, [One, Two]));
        rig.OpenFollowers(Two);
        Stream(rig, Three);
        rig.Ack(Three, 1);
        rig.Ack(Three, 1);
        bool IsNearlyLevel() => rig.Status().Spares.Single().NearlyLevel;

        IsNearlyLevel().Should().BeFalse("the other member has not written ViewStarted");
        for (int passed = 0; passed < Timing.SettleMs; passed += 1_000)
        {
            rig.Ack(Two, 1, match: 0);
            rig.Ack(Three, 1);
            rig.Pass(1_000);
        }

        IsNearlyLevel().Should().BeTrue("it has had its time");
    }

    [Test]
    public void A_spare_is_nearly_level_as_soon_as_the_epoch_has_committed_something()
    {
        var rig = new ReplicaRig();
        rig.Lead(1, One, Two);
        Stream(rig, Three);
        rig.Ack(Three, 1);
        rig.Ack(Three, 1);
        rig.Status().Spares.Single().NearlyLevel.Should().BeTrue();
    }

    [Test]
    public void A_slow_spare_is_nearly_level_where_nothing_commits_without_it([Values] bool isDisconnected)
    {
        var rig = new ReplicaRig();
        rig.Lead(1, One, Two);
        Stream(rig, Three);
        rig.Ack(Three, 1);
        rig.Ack(Three, 1);
        rig.EnterDetails(1, correlation: 46);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), Barrier);
        rig.DiskIsDone();
        if (isDisconnected)
            rig.Core.Closed(rig.Now, rig.To(Two));
        rig.Pass(700);
        rig.Ack(Three, 1, match: isDisconnected ? 3UL : 2UL);

        rig.Status().Spares.Single().NearlyLevel.Should().Be(isDisconnected, "a member that is only slow so far is waited for");
        if (isDisconnected)
            return;

        for (int second = 0; second < 8; second++)
        {
            rig.Status().Spares.Single().NearlyLevel.Should().BeFalse("its disk may be slow, and another slow one would help nobody");
            rig.Pass(1_000);
            rig.Ack(Two, 1, match: 2);
            rig.Ack(Three, 1, match: 2);
        }

        rig.Status().Spares.Single().NearlyLevel.Should().BeTrue();
    }

    [Test]
    public void What_a_spare_left_unanswered_when_its_connection_broke_counts_as_slow_too()
    {
        var rig = new ReplicaRig();
        rig.Lead(1, One, Two);
        Stream(rig, Three);
        rig.Ack(Three, 1);
        rig.Ack(Three, 1);
        rig.EnterDetails(1, correlation: 46);
        rig.DiskIsDone();
        rig.Pass(700);
        rig.Core.Closed(rig.Now, rig.To(Three));
        rig.Pass(200);
        rig.OpenFollowers(Three);
        rig.Ack(Three, 1, match: 3);

        rig.Status().Spares.Single().NearlyLevel.Should().BeFalse("a new connection makes no disk faster");
    }

    /// <summary>The front end names the spare, which has an empty log; from its first ack on it is sent all of the primary's.</summary>
    private static void Stream(ReplicaRig rig, Member spare)
    {
        rig.Receive(rig.FrontEnd, new Sync(spare, new Endpoint(spare.Id.Value, 1)));
        rig.Pass(120);
        rig.OpenFollowers(spare);
        rig.Receive(rig.To(spare), new Mismatch(new Epoch(1), new EntryIndex(2), new EntryIndex(1), EntryIndex.None));
    }
}
