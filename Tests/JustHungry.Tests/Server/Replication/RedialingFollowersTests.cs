using FluentAssertions;
using JustHungry.Protocol.Cores;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

internal sealed class RedialingFollowersTests
{
    [Test]
    public void A_follower_that_hangs_up_each_time_is_dialled_soon_at_first_and_then_twice_a_second()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.CloseConnection(rig.To(Three));

        HangUpFor(rig, 1_000).Should().BeInRange(8, 10);
        HangUpFor(rig, 4_000);
        HangUpFor(rig, 10_000).Should().BeInRange(15, 20);
    }

    /// <summary>Returns how often it was dialled.</summary>
    private static int HangUpFor(ReplicaRig rig, int ms)
    {
        int before = Dials(rig);
        for (int passed = 0; passed < ms; passed += Timing.TickMs)
        {
            int dialled = Dials(rig);
            rig.OpenFollowers(Three);
            if (Dials(rig) > dialled)
                rig.CloseConnection(rig.To(Three));
        }

        return Dials(rig) - before;
    }

    private static int Dials(ReplicaRig rig) => rig.Network.Dialled.Count(d => d.Endpoint.Host == Three.Id.Value);
}
