using FluentAssertions;
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
    public void Lead_with_a_log_that_was_cut()
    {
        _rig = new ReplicaRig(recovered: new RecoveredDisk(
            One.Disk, ViewOf(1, One, [One, Two]), At(10, 1), [BatchOf(11, 1, 5)], At(10, 1), new ShopState()));
        _rig.Adopt(ViewOf(2, One, [One, Two]));
        _rig.Receive(_rig.FrontEnd, new Sync(Spare, new Endpoint(Spare.Id.Value, 1)));
        _rig.OpenFollowers(Two, Spare);
    }

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

    private EntryPosition LastProbe() => _rig.All<Append>(_rig.To(Spare)).Last(a => a.Count == 0).Previous;

    private void Mismatched(EntryPosition probed, ulong tryFrom, ulong last) =>
        _rig.Receive(_rig.To(Spare), new Mismatch(new Epoch(2), probed.Index, new EntryIndex(tryFrom), new EntryIndex(last)));
}
