using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

/// <summary>A primary in epoch 2 whose log begins after entry 10 of epoch 1, and a spare that it brings level.</summary>
internal sealed class TransferringTests
{
    private static readonly Member Spare = new(new ReplicaId("4"), new DiskId(104));

    private ReplicaRig _rig = null!;

    [SetUp]
    public void Lead_with_a_log_that_was_cut() => Lead(new ReplicaOptions());

    [Test]
    public void A_spare_whose_tail_hides_where_the_logs_meet_is_asked_for_the_base_before_it_gets_a_transfer()
    {
        Mismatched(LastProbe(), tryFrom: 3, last: 18);
        LastProbe().Should().Be(At(10, 1), "all of 3 to 18 are of one epoch there, and the logs meet somewhere between");
        _rig.Disk.Snapshots.Should().BeEmpty();

        _rig.Ack(Spare, 2);
        _rig.All<Append>(_rig.To(Spare)).Where(a => a.Count > 0).Select(a => a.Previous).First().Should().Be(At(10, 1));
    }

    [Test]
    public void A_spare_that_does_not_hold_the_base_gets_a_transfer()
    {
        Mismatched(LastProbe(), tryFrom: 3, last: 18);
        Mismatched(LastProbe(), tryFrom: 3, last: 18);
        _rig.Disk.Snapshots.Should().ContainSingle();
    }

    [Test]
    public void A_spare_whose_log_ends_below_the_base_gets_a_transfer_at_once()
    {
        Mismatched(LastProbe(), tryFrom: 10, last: 9);
        _rig.Disk.Snapshots.Should().ContainSingle();
    }

    [Test]
    public void After_a_lost_connection_the_transfer_goes_on_with_the_chunk_that_was_lost()
    {
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        Read(transfer, 7);
        Ready(transfer, 1);
        Read(transfer, 8);
        Reconnect();

        _rig.All<TransferBegin>(_rig.To(Spare)).Single().Transfer.Should().Be(transfer, "it is the same one");
        _rig.All<TransferRows>(_rig.To(Spare)).Should().BeEmpty("the spare has not said yet what it stored");
        Ready(transfer, 1);
        Sent().Should().Equal((1, 8));
        Ready(transfer, 2);
        Read(transfer, 9, last: true);
        Sent().Should().Equal((1, 8), (2, 9));
        _rig.Disk.Snapshots.Should().Equal(transfer);
    }

    [Test]
    public void A_chunk_that_is_sent_again_has_its_time_anew()
    {
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        Read(transfer, 7);
        PassHeard(10_000);
        Reconnect();

        Ready(transfer, 0);
        PassHeard(10_000);

        _rig.Disk.Snapshots.Should().Equal(transfer);
        Sent().Should().Equal((0, 7));
    }

    [Test]
    public void A_chunk_that_is_read_while_the_connection_is_lost_waits_for_the_next_one()
    {
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        _rig.CloseConnection(_rig.To(Spare));
        Read(transfer, 7);
        _rig.Pass(200);
        _rig.OpenFollowers(Spare);
        Mismatched(LastProbe(), tryFrom: 1, last: 0);
        Ready(transfer, 0);
        Sent().Should().Equal((0, 7));
    }

    [Test]
    public void A_lost_end_of_a_transfer_is_sent_again()
    {
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        Read(transfer, 7, last: true);
        Ready(transfer, 1);
        Reconnect();
        Ready(transfer, 1);
        _rig.All<TransferEnd>(_rig.To(Spare)).Should().ContainSingle();
        Ready(transfer, 2);
        _rig.All<Append>(_rig.To(Spare)).First(a => a.Count > 0).Previous.Should().Be(At(10, 1), "the log goes on behind the snapshot");
    }

    [Test]
    public void A_spare_that_was_restarted_gets_a_snapshot_from_the_beginning()
    {
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        Read(transfer, 7);
        Ready(transfer, 1);
        Read(transfer, 8);
        Reconnect();
        Ready(transfer, 0);
        _rig.Disk.Snapshots.Should().ContainSingle().Which.Should().NotBe(transfer);
        Sent().Should().BeEmpty();
    }

    [Test]
    public void A_transfer_whose_spare_stays_away_gives_its_place_to_the_next()
    {
        BeginTransfer();
        _rig.CloseConnection(_rig.To(Spare));
        _rig.Pass(_rig.Core.Replica.Options.TransferStuckMs - 1_000);
        _rig.Disk.Snapshots.Should().ContainSingle("it may come back");
        _rig.Pass(2_000);
        _rig.Disk.Snapshots.Should().BeEmpty();
    }

    [Test]
    public void Nobody_waits_for_a_spare_that_died_while_it_loaded_what_it_got()
    {
        var other = new Member(new ReplicaId("5"), new DiskId(105));
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        Read(transfer, 7, last: true);
        Ready(transfer, 1);
        _rig.Receive(_rig.FrontEnd, new Sync(other, new Endpoint(other.Id.Value, 1)));
        _rig.Pass(120);
        _rig.OpenFollowers(other);
        _rig.Receive(_rig.To(other), new Mismatch(new Epoch(2), _rig.All<Append>(_rig.To(other)).Last(a => a.Count == 0).Previous.Index, new EntryIndex(1), EntryIndex.None));
        _rig.Disk.Snapshots.Should().Equal(transfer);

        _rig.CloseConnection(_rig.To(Spare));
        for (int second = 0; second < 3; second++)
        {
            _rig.Ack(other, 2, match: 0);
            _rig.Pass(1_000);
            _rig.CloseConnection(_rig.Network.Dialled[^1].Connection); // nobody listens there
        }

        _rig.Disk.Snapshots.Should().ContainSingle().Which.Should().NotBe(transfer);
    }

    [Test]
    public void A_spare_that_loads_for_long_is_not_given_up_as_one_that_does_not_move_is()
    {
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        Read(transfer, 7, last: true);
        Ready(transfer, 1);
        PassHeard(40_000);
        _rig.Disk.Snapshots.Should().Equal(transfer);
        Ready(transfer, 2);
        _rig.Disk.Snapshots.Should().BeEmpty();
        _rig.All<Append>(_rig.To(Spare)).First(a => a.Count > 0).Previous.Should().Be(At(10, 1), "the log was kept meanwhile");
    }

    [Test]
    public void A_transfer_that_keeps_too_much_of_the_log_gives_way_to_a_newer_one()
    {
        Lead(new ReplicaOptions { PinnedBytesMax = 1, LogTailBytes = 0 });
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        _rig.Ack(Two, 2);
        _rig.Ack(Two, 2);
        _rig.Core.Replica.Log.Commit.Should().Be(_rig.Core.Replica.Log.Last.Index);
        _rig.Pass(_rig.Core.Replica.Options.CheckpointMs);

        _rig.Core.Checkpointed(_rig.Now, _rig.Disk.Checkpoints[^1]);
        _rig.Core.Replica.Log.Base.Should().Be(At(10, 1), "the transfer keeps the log");
        _rig.Pass(Timing.TickMs);
        _rig.Disk.Snapshots.Should().BeEmpty();
        _rig.Pass(200);
        _rig.OpenFollowers(Spare);
        Mismatched(LastProbe(), tryFrom: 1, last: 0);
        _rig.Disk.Snapshots.Should().ContainSingle().Which.Should().NotBe(transfer);
    }

    [Test]
    public void A_spare_that_asks_for_nothing_more_is_given_up()
    {
        TransferId transfer = BeginTransfer();
        Ready(transfer, 0);
        Read(transfer, 7);
        PassHeard(20_000);
        _rig.Disk.Snapshots.Should().NotContain(transfer);
    }

    [Test]
    public void A_chunk_on_a_thin_link_has_the_time_that_it_takes()
    {
        TransferId transfer = BeginTransfer();
        ConnectionId connection = _rig.To(Spare);
        Ready(transfer, 0);
        _rig.Core.SnapshotRead(transfer, new byte[64 * 1024], last: false);
        _rig.Pass(2_500);
        _rig.Network.Closed.Should().NotContain(connection, "64 KiB take 655 ms at 100 kB/s, on top of 2 s");
        _rig.Pass(400);
        _rig.Network.Closed.Should().Contain(connection);
    }

    private void Lead(ReplicaOptions options)
    {
        _rig = new ReplicaRig(recovered: new RecoveredDisk(
            One.Disk, ViewOf(1, One, [One, Two]), At(10, 1), [BatchOf(11, 1, 5)], At(10, 1), new ShopState()), options: options);
        _rig.Adopt(ViewOf(2, One, [One, Two]));
        _rig.Receive(_rig.FrontEnd, new Sync(Spare, new Endpoint(Spare.Id.Value, 1)));
        _rig.OpenFollowers(Two, Spare);
    }

    private TransferId BeginTransfer()
    {
        Mismatched(LastProbe(), tryFrom: 1, last: 0);
        TransferId transfer = _rig.Disk.Snapshots.Single();
        _rig.Core.SnapshotOpened(transfer, At(10, 1));
        return transfer;
    }

    private void Reconnect()
    {
        _rig.CloseConnection(_rig.To(Spare));
        _rig.Pass(200);
        _rig.OpenFollowers(Spare);
        Mismatched(LastProbe(), tryFrom: 1, last: 0);
    }

    /// <summary>The spare answers heartbeats, and does nothing else.</summary>
    private void PassHeard(int ms)
    {
        ConnectionId connection = _rig.To(Spare);
        for (int passed = 0; passed < ms && !_rig.Network.Closed.Contains(connection); passed += 1_000)
        {
            _rig.Ack(Spare, 2, match: 0);
            _rig.Pass(1_000);
        }
    }

    private void Ready(TransferId transfer, int chunk) => _rig.Receive(_rig.To(Spare), new TransferReady(new Epoch(2), transfer, chunk));

    private void Read(TransferId transfer, byte row, bool last = false) => _rig.Core.SnapshotRead(transfer, new byte[] { row }, last);

    /// <summary>The chunks that went over the spare's connection, each with its only byte.</summary>
    private IEnumerable<(int Chunk, int Row)> Sent() => _rig.All<TransferRows>(_rig.To(Spare)).Select(r => (r.Chunk, (int)r.Rows.FirstSpan[0]));

    private EntryPosition LastProbe() => _rig.All<Append>(_rig.To(Spare)).Last(a => a.Count == 0).Previous;

    private void Mismatched(EntryPosition probed, ulong tryFrom, ulong last) =>
        _rig.Receive(_rig.To(Spare), new Mismatch(new Epoch(2), probed.Index, new EntryIndex(tryFrom), new EntryIndex(last)));
}
