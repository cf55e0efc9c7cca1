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

internal sealed partial class FollowingTests
{
    [TestCase(5ul, 3ul)] // at the base
    [TestCase(4ul, 3ul)] // below it
    [TestCase(5ul, 1ul)]
    public void A_primary_whose_log_contradicts_the_base_is_not_followed(ulong previous, ulong epoch)
    {
        ReplicaRig rig = WithBase(At(5, 2));
        ConnectionId primary = rig.AcceptReplica(One);
        Action probe = () => rig.Receive(primary, AppendOf(4, round: 1, At(previous, epoch)));
        probe.Should().Throw<ProtocolViolationException>();
        rig.All<Appended>(primary).Should().BeEmpty();
    }

    /// <summary>
    /// Or the tables on disk could hold what a view that is not on disk has committed. After a restart the replica would be in the view
    /// before, whose primary may still be at work with other entries at those indexes.
    /// </summary>
    [Test]
    public void Nothing_is_committed_before_the_view_is_adopted()
    {
        _rig.Receive(_primary, new NewView(ViewOf(3, One, [One, Two]), []));
        _rig.Receive(_primary, AppendOf(3, round: 1, At(4, 1), commit: 4));
        _rig.Core.Replica.Log.Commit.Should().Be(EntryIndex.None, "epoch 3 is not on the disk");

        _rig.DiskIsIdle();
        _rig.Receive(_primary, AppendOf(3, round: 2, At(4, 1), commit: 4));
        _rig.Core.Replica.Log.Commit.Should().Be(new EntryIndex(4));
    }

    [Test]
    public void Entries_that_contradict_the_base_are_not_acked()
    {
        ReplicaRig rig = WithBase(At(5, 2));
        ConnectionId primary = rig.AcceptReplica(One);
        Action append = () => rig.Receive(primary, AppendOf(4, round: 1, At(3, 1), BatchOf(4, 4)));
        append.Should().Throw<ProtocolViolationException>();
        rig.Core.BatchEnded(rig.Now);
        rig.All<Appended>(primary).Should().BeEmpty("it holds no such entry");
    }

    [TestCase(5ul, 2ul)]
    [TestCase(4ul, 2ul)]
    [TestCase(4ul, 1ul)]
    public void What_fits_the_base_counts_as_equal(ulong previous, ulong epoch)
    {
        ReplicaRig rig = WithBase(At(5, 2));
        ConnectionId primary = rig.AcceptReplica(One);
        rig.Receive(primary, AppendOf(4, round: 1, At(previous, epoch)));
        rig.All<Appended>(primary).Should().ContainSingle();
    }

    /// <summary>Replica 2, a backup of 1 in epoch 4, whose checkpoint stands where its log begins.</summary>
    private static ReplicaRig WithBase(EntryPosition at) =>
        new(Two, new RecoveredDisk(Two.Disk, ViewOf(4, One, [One, Two]), at, [], at, new ShopState()));
}
