using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Shop;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

/// <summary>A spare of epoch 2 that is brought level by a transfer from the primary, 1.</summary>
internal sealed class InstallingTests
{
    private static readonly TransferId Transfer = new(5);

    private ReplicaRig _rig = null!;
    private ConnectionId _primary;

    [SetUp]
    public void Begin_a_transfer()
    {
        _rig = new ReplicaRig(Two);
        _primary = _rig.AcceptReplica(One);
        _rig.Adopt(ViewOf(2, One, [One, Three]));
        Offer(_primary);
        Stored(0);
        Rows(_primary, 0);
        Stored(1);
    }

    [Test]
    public void One_that_is_offered_again_goes_on_behind_what_is_stored()
    {
        ConnectionId again = Reconnect();
        Offer(again);

        Readies(again).Should().Equal(1);
        _rig.Disk.Installs.Should().ContainSingle("the disk is not emptied again");
        Rows(again, 1);
        Stored(2);
        Readies(again).Should().Equal(1, 2);
    }

    [Test]
    public void A_chunk_that_is_stored_while_the_connection_is_lost_need_not_come_again()
    {
        Rows(_primary, 1);
        ConnectionId again = Reconnect();
        Offer(again);
        Readies(again).Should().BeEmpty("the disk has not said yet that it has stored it");
        Stored(2);
        Readies(again).Should().Equal(2);
    }

    [Test]
    public void While_it_is_broken_off_a_view_is_adopted_and_the_next_primary_begins_anew()
    {
        Reconnect();
        _rig.Adopt(ViewOf(3, One, [One, Three]));
        _rig.Core.Adopted!.Epoch.Should().Be(new Epoch(3));
        ConnectionId again = _rig.AcceptReplica(One);
        Offer(again, epoch: 3);
        _rig.Disk.Installs.Should().HaveCount(2);
        Readies(again).Should().BeEmpty();
    }

    [Test]
    public void Another_snapshot_of_the_same_primary_begins_anew()
    {
        ConnectionId again = Reconnect();
        _rig.Receive(again, new TransferBegin(new Epoch(2), new TransferId(6), At(60, 2)));
        _rig.Disk.Installs.Should().HaveCount(2);
    }

    [Test]
    public void Rows_that_were_left_in_the_old_connection_are_not_stored()
    {
        ConnectionId again = _rig.AcceptReplica(One); // the old one's end has not come yet
        Offer(again);
        Rows(_primary, 1);
        Rows(again, 1);
        Stored(2);
        Readies(again).Should().Equal(1, 2);
    }

    [Test]
    public void A_state_that_was_read_before_the_transfer_is_not_taken_for_what_it_brings()
    {
        _rig = Deposed();
        _primary = _rig.AcceptReplica(Two);
        _rig.Receive(_primary, new TransferBegin(new Epoch(2), Transfer, At(50, 2)));
        _rig.Disk.Installs.Should().BeEmpty("the disk is still reading");

        _rig.DiskIsIdle();
        Stored(0);
        _rig.Adopt(ViewOf(3, Two, [Two, Three]));
        _rig.Disk.Loads.Should().Be(1, "there is nothing to load again in the middle of a transfer");
    }

    /// <summary>Replica 1, which has led with an entry that never committed: it must load its state again.</summary>
    private static ReplicaRig Deposed()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, 7);
        rig.Adopt(ViewOf(2, Two, [Two, Three]));
        rig.Disk.Loads.Should().Be(1);
        return rig;
    }

    private ConnectionId Reconnect()
    {
        _rig.CloseConnection(_primary);
        _rig.Pass(Timing.TickMs);
        return _rig.AcceptReplica(One);
    }

    private void Offer(ConnectionId primary, ulong epoch = 2) => _rig.Receive(primary, new TransferBegin(new Epoch(epoch), Transfer, At(50, 2)));

    private void Rows(ConnectionId primary, int chunk)
    {
        var rows = new ArrayBufferWriter<byte>();
        new EffectWriter(rows).SetStock(chunk, 1);
        _rig.Receive(primary, new TransferRows(new Epoch(2), Transfer, chunk, Crc32C.Of(rows.WrittenSpan), new ReadOnlySequence<byte>(rows.WrittenMemory)));
    }

    private void Stored(int nextChunk)
    {
        _rig.Core.InstallStored(_rig.Disk.Installs[^1], nextChunk);
        _rig.Core.BatchEnded(_rig.Now);
    }

    private IEnumerable<int> Readies(ConnectionId primary) => _rig.All<TransferReady>(primary).Select(r => r.NextChunk);
}
