using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

/// <summary>What a replica says of the owner's key, and when.</summary>
internal sealed class OwnerNewsTests
{
    [Test]
    public void A_key_that_is_reset_is_told_once_it_is_committed()
    {
        var state = new ShopState();
        ShopOpening.Sample.WriteTo(state);
        var rig = new ReplicaRig(recovered: new RecoveredDisk(One.Disk, ViewOf(1, Two, [One, Two]), At(2, 1), [], At(2, 1), state)) { ResetsTo = new KeyHash(7, 8) };
        rig.Adopt(ViewOf(2, One, [One, Two]));
        rig.OpenFollowers(Two);
        rig.Pass(Timing.TickMs);
        rig.OwnersKnown.Should().BeEmpty("the entry may be cut");

        rig.Ack(Two, 2);
        rig.Ack(Two, 2);
        rig.Pass(Timing.TickMs);
        rig.OwnersKnown.Should().Equal(rig.ResetsTo);
    }

    /// <summary>The tables that it found may be older than a rotation, which the others know of.</summary>
    [Test]
    public void A_replica_that_was_started_says_nothing_before_it_hears_its_primary()
    {
        var state = new ShopState();
        ShopOpening.Sample.WriteTo(state);
        var rig = new ReplicaRig(recovered: new RecoveredDisk(One.Disk, ViewOf(1, Two, [One, Two]), At(2, 1), [], At(2, 1), state));
        rig.Pass(Timing.TickMs);
        rig.OwnersKnown.Should().BeEmpty();

        ConnectionId primary = rig.AcceptReplica(Two);
        rig.Receive(primary, AppendOf(1, 1, At(2, 1), commit: 2));
        rig.Pass(Timing.TickMs);
        rig.OwnersKnown.Should().Equal([null]);
    }
}
