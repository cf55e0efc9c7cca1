using FluentAssertions;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

/// <summary>A primary tells of a clock that is far from its followers', since orders get their times from it.</summary>
internal sealed class ComparingClocksTests
{
    [Test]
    public void A_primary_whose_clock_is_a_minute_off_says_so_once()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        PassAcking(rig, 120_001, 1_500);
        PassAcking(rig, 120_001, 3_000);
        rig.ClocksApart.Should().Equal((Two, 120_001));

        PassAcking(rig, 59_000, 500);
        PassAcking(rig, -61_000, 1_500);
        rig.ClocksApart.Should().Equal([(Two, 120_001), (Two, -61_000)], "they had agreed meanwhile");
    }

    [Test]
    public void Acks_that_waited_while_the_primary_stood_still_do_not_make_its_clock_wrong()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        for (int waited = 0; waited < 3; waited++)
            rig.Ack(Two, 1, clockBehindMs: 90_000);
        PassAcking(rig, 0, 2_000);
        rig.ClocksApart.Should().BeEmpty();
    }

    private static void PassAcking(ReplicaRig rig, long clockBehindMs, int ms)
    {
        for (int passed = 0; passed < ms; passed += 100)
        {
            rig.Pass(100);
            rig.Ack(Two, 1, clockBehindMs: clockBehindMs);
        }
    }
}
