using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

internal sealed partial class FollowingTests
{
    private ReplicaRig _rig = null!;
    private ConnectionId _primary;

    [SetUp]
    public void Follow_one_in_epoch_2()
    {
        // entries 1 and 2 of epoch 1, and 3..4, which the primary of epoch 1 sent to nobody else
        _rig = new ReplicaRig(Two, new RecoveredDisk(
            Two.Disk, ViewOf(1, One, [One, Two]), EntryPosition.Start, [BatchOf(1, 1, 2), BatchOf(3, 1, 2)], EntryPosition.Start, new ShopState()));
        _primary = _rig.AcceptReplica(One);
        _rig.Adopt(ViewOf(2, One, [One, Two]));
    }

    [Test]
    public void An_ack_follows_the_fsync()
    {
        _rig.Receive(_primary, AppendOf(2, round: 7, At(4, 1), BatchOf(5, 2)));
        _rig.All<Appended>(_primary).Should().BeEmpty();
        _rig.DiskIsDone();
        _rig.All<Appended>(_primary).Should().Equal(new Appended(new Epoch(2), new Round(7), new EntryIndex(5), _rig.Now.UtcMs));
    }

    [Test]
    public void A_pause_of_its_own_is_no_silence_of_the_primarys()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(4, 1)));
        _rig.Pass(100);
        _rig.Pause(1_000);
        _rig.Status().HearsPrimary.Should().BeTrue("nobody was listened to");

        _rig.Pass(300);
        _rig.Status().HearsPrimary.Should().BeFalse("this silence was the primary's");
    }

    [Test]
    public void A_frame_that_waited_out_a_pause_is_not_heard_in_the_future()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(4, 1)));
        _rig.Pass(100);
        _rig.Pause(1_000, before: () => _rig.Receive(_primary, AppendOf(2, round: 2, At(4, 1))));
        _rig.Pass(Timing.TickMs);
        _rig.Status().HearsPrimary.Should().BeTrue();

        _rig.Pass(300);
        _rig.Status().HearsPrimary.Should().BeFalse();
    }

    [Test]
    public void An_ack_names_what_was_proved_not_the_logs_end()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(2, 1)));
        _rig.All<Appended>(_primary).Single().Match.Should().Be(new EntryIndex(2));
    }

    [Test]
    public void An_ack_leaves_only_while_its_epoch_is_the_adopted_one()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(4, 1), BatchOf(5, 2)));
        _rig.Receive(_rig.FrontEnd, new NewView(ViewOf(3, Two, [One, Two]), []));
        _rig.DiskIsDone(); // the write of epoch 2
        _rig.All<Appended>(_primary).Should().BeEmpty();
    }

    [Test]
    public void An_append_of_an_older_epoch_is_refused_with_the_view_in_force()
    {
        _rig.Receive(_primary, AppendOf(1, round: 1, At(4, 1), BatchOf(5, 1)));
        Refused refused = _rig.All<Refused>(_primary).Single();
        refused.Reason.Should().Be(Refusal.OldEpoch);
        refused.View!.Epoch.Should().Be(new Epoch(2));
        _rig.Core.Replica.Log.Last.Should().Be(At(4, 1));
    }

    [Test]
    public void An_append_of_a_newer_epoch_asks_for_the_view()
    {
        _rig.Receive(_primary, AppendOf(3, round: 1, At(4, 1), BatchOf(5, 3)));
        _rig.All<Refused>(_primary).Single().Reason.Should().Be(Refusal.NeedView);
    }

    [Test]
    public void An_append_from_one_that_is_not_the_primary_is_refused()
    {
        ConnectionId other = _rig.AcceptReplica(Three);
        _rig.Receive(other, AppendOf(2, round: 1, At(4, 1), BatchOf(5, 2)));
        _rig.All<Refused>(other).Single().Reason.Should().Be(Refusal.NotPrimary);
        AssertNothingWasKept();
    }

    [Test]
    public void The_primarys_id_on_another_disk_is_not_the_primary()
    {
        ConnectionId other = _rig.AcceptReplica(new Member(One.Id, new DiskId(999)));
        _rig.Receive(other, AppendOf(2, round: 1, At(4, 1), BatchOf(5, 2)));
        _rig.All<Refused>(other).Single().Reason.Should().Be(Refusal.NotPrimary);
        AssertNothingWasKept();
    }

    private void AssertNothingWasKept()
    {
        _rig.DiskIsIdle();
        _rig.Core.Replica.Log.Last.Should().Be(At(4, 1));
        _rig.All<Appended>(_primary).Should().BeEmpty();
        _rig.Status().HearsPrimary.Should().BeFalse("it counts for nothing, not even as a sign of life");
    }

    [Test]
    public void A_gap_is_answered_with_where_to_try()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(9, 2), BatchOf(10, 2)));
        Mismatch mismatch = _rig.All<Mismatch>(_primary).Single();
        mismatch.TryFrom.Should().Be(new EntryIndex(5));
        mismatch.Last.Should().Be(new EntryIndex(4));
    }

    [Test]
    public void A_conflict_is_cut_where_the_epoch_differs_in_the_write_that_stores_what_replaces_it()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(2, 1), BatchOf(3, 2)));
        LogWrite write = _rig.Disk.Writes[^1];
        write.CutFrom.Should().Be(new EntryIndex(3));
        write.Append.Should().ContainSingle().Which.LastPosition.Should().Be(At(3, 2));
        _rig.Core.Replica.Log.Last.Should().Be(At(3, 2));
        _rig.Status().Last.Should().Be(At(2, 1), "what is to be cut does not count, and what replaces it is not on disk yet");
    }

    [Test]
    public void A_cut_inside_a_batch_rewrites_what_stays_of_it()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(3, 1), BatchOf(4, 2)));
        LogWrite write = _rig.Disk.Writes[^1];
        write.CutFrom.Should().Be(new EntryIndex(3));
        write.Append.Select(b => b.LastPosition).Should().Equal(At(3, 1), At(4, 2));
    }

    [Test]
    public void Entries_that_are_held_are_skipped_and_a_shorter_append_cuts_nothing()
    {
        int writes = _rig.Disk.Writes.Count;
        _rig.Receive(_primary, AppendOf(2, round: 1, At(0, 0), BatchOf(1, 1, 2)));
        _rig.Disk.Writes.Should().HaveCount(writes);
        _rig.Core.Replica.Log.Last.Should().Be(At(4, 1));
        _rig.All<Appended>(_primary).Single().Match.Should().Be(new EntryIndex(2));
    }

    [Test]
    public void Commit_goes_no_further_than_what_is_proved()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(2, 1), commit: 4));
        _rig.Core.Replica.Log.Commit.Should().Be(new EntryIndex(2));
    }

    [Test]
    public void Nothing_at_or_below_commit_is_cut()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(4, 1), commit: 4));
        Action cut = () => _rig.Receive(_primary, AppendOf(2, round: 2, At(2, 1), BatchOf(3, 2)));
        cut.Should().Throw<ProtocolViolationException>().WithMessage("*would cut entry 3*");
        _rig.Core.Replica.Log.Last.Should().Be(At(4, 1));
    }

    [Test]
    public void What_the_primary_has_proved_equal_it_can_not_cut_in_the_same_epoch()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(4, 1)));
        Refuses(AppendOf(2, round: 2, At(2, 1), BatchOf(3, 2), commit: 4), "*would cut entry 3*");
    }

    [Test]
    public void An_append_of_an_epoch_before_its_previous_entrys_closes_the_connection()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(4, 1), BatchOf(5, 2)));
        Refuses(AppendOf(2, round: 2, At(5, 2), BatchOf(6, 1)), "*an epoch that can't stand there*");
    }

    [Test]
    public void An_append_of_an_epoch_after_the_primarys_closes_the_connection() =>
        Refuses(AppendOf(2, round: 1, At(4, 1), BatchOf(5, 3)), "*an epoch that can't stand there*");

    [Test]
    public void Another_content_under_a_held_index_and_epoch_closes_the_connection()
    {
        Refuses(AppendOf(2, round: 1, At(0, 0), BatchOf(1, 1, 2, mark: 7)), "*another content*");
        Refuses(AppendOf(2, round: 1, At(1, 1), BatchOf(2, 1, 3, mark: 7)), "*another content*");
        _rig.All<Appended>(_primary).Should().BeEmpty();
    }

    [TestCase("c6ffffffff", TestName = "Entries_of_an_impossible_length_are_not_kept")]
    [TestCase("c403c10102", TestName = "An_entry_that_is_no_effects_is_not_kept")]
    [TestCase("c40493030005", TestName = "An_entry_that_ends_early_is_not_kept")]
    [TestCase("c4049304 00ff", TestName = "A_negative_stock_is_not_kept")]
    public void An_append_of_garbage_closes_the_connection(string entries)
    {
        byte[] bytes = Convert.FromHexString(entries.Replace(" ", ""));
        Refuses(AppendOf(2, round: 1, At(4, 1), LogBatch.Create(new EntryIndex(5), 1, new Epoch(2), bytes)), "*malformed*");
    }

    [Test]
    public void A_count_that_the_entries_can_not_hold_is_refused_before_anything_is_done_for_it() =>
        Refuses(AppendOf(2, round: 1, At(4, 1), BatchOf(5, 2)) with { Count = int.MaxValue }, "*count*");

    [Test]
    public void An_index_that_no_log_can_reach_closes_the_connection()
    {
        Refuses(AppendOf(2, round: 1, At(ulong.MaxValue, 2)), "*malformed*");
        Refuses(AppendOf(2, round: 1, At(4, 1), commit: ulong.MaxValue), "*malformed*");
    }

    [Test]
    public void Entries_damaged_on_their_way_close_the_connection()
    {
        Append append = AppendOf(2, round: 1, At(4, 1), BatchOf(5, 2));
        Action receive = () => _rig.Receive(_primary, append with { Checksum = append.Checksum + 1 });
        receive.Should().Throw<ProtocolViolationException>();
        Action miscounted = () => _rig.Receive(_primary, append with { Count = 2 });
        miscounted.Should().Throw<ProtocolViolationException>();
    }

    [Test]
    public void It_hears_the_primary_for_300_ms_after_a_frame_and_not_after_a_reset()
    {
        _rig.Receive(_primary, AppendOf(2, round: 1, At(4, 1)));
        _rig.Status().HearsPrimary.Should().BeTrue();
        _rig.Pass(320);
        _rig.Status().HearsPrimary.Should().BeFalse();
        _rig.Receive(_primary, AppendOf(2, round: 2, At(4, 1)));
        _rig.Core.Closed(_rig.Now, _primary);
        _rig.Status().HearsPrimary.Should().BeFalse();
    }

    [Test]
    public void A_member_takes_no_state_transfer()
    {
        _rig.Receive(_primary, new TransferBegin(new Epoch(2), new TransferId(3), At(50, 2)));
        _rig.All<TransferRefused>(_primary).Single().Transfer.Should().Be(new TransferId(3));
        _rig.Core.Replica.Log.Last.Should().Be(At(4, 1));
    }

    [Test]
    public void A_spare_refuses_a_transfer_whose_position_its_log_holds_and_takes_a_later_one()
    {
        _rig.Adopt(ViewOf(3, One, [One, Three]));
        _rig.Receive(_primary, new TransferBegin(new Epoch(3), new TransferId(4), At(3, 1)));
        _rig.All<TransferRefused>(_primary).Should().ContainSingle();
        _rig.Receive(_primary, new TransferBegin(new Epoch(3), new TransferId(5), At(50, 3)));
        _rig.Disk.Installs.Should().ContainSingle();
        _rig.Status().Last.Should().Be(EntryPosition.Start, "while it lasts there is no log");
    }

    [Test]
    public void A_transfers_messages_out_of_order_close_the_connection()
    {
        var epoch = new Epoch(3);
        _rig.Adopt(ViewOf(3, One, [One, Three]));
        _rig.Receive(_primary, new TransferBegin(epoch, new TransferId(5), At(50, 3)));
        Violates(new TransferRows(epoch, new TransferId(5), 0, 0, new ReadOnlySequence<byte>([1])), "*not asked for*");
        Violates(new TransferEnd(epoch, new TransferId(5), -1), "*not asked for*");
        Violates(new TransferBegin(epoch, new TransferId(6), At(50, 4)), "*a transfer of entry*");

        _rig.Core.InstallStored(new TransferId(1), 0);
        Violates(new TransferRows(epoch, new TransferId(5), 1, 0, new ReadOnlySequence<byte>([1])), "*not asked for*");
        byte[] rows = [0xc1];
        Violates(new TransferRows(epoch, new TransferId(5), 0, Crc32C.Of(rows), new ReadOnlySequence<byte>(rows)), "*malformed*");
    }

    private void Refuses(in Append append, string why)
    {
        EntryPosition last = _rig.Core.Replica.Log.Last;
        Violates(append, why);
        _rig.Core.Replica.Log.Last.Should().Be(last);
    }

    private void Violates<T>(T message, string why)
        where T : struct, IMessage<T>
    {
        Action receive = () => _rig.Receive(_primary, message);
        receive.Should().Throw<ProtocolViolationException>().WithMessage(why);
    }
}
