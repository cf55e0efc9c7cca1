using FluentAssertions;
using JustHungry.Protocol.Ids;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>Under a replica's name stands the address of somebody who hangs up on each connection.</summary>
internal sealed class PoisonedNamesTests
{
    private FrontEndRig _rig = null!;

    [SetUp]
    public void Poison()
    {
        _rig = FrontEndRig.Running(4);
        _rig.Kill(_rig[4]);
        _rig.Advance(5_000);
    }

    [Test]
    public void Whoever_hangs_up_at_once_is_dialled_twice_a_second()
    {
        int before = Dials();
        _rig.Advance(10_000);
        (Dials() - before).Should().BeInRange(15, 20);
    }

    [Test]
    public void A_name_that_is_registered_anew_again_and_again_brings_no_more_than_ten_a_second()
    {
        int before = Dials();
        for (int i = 0; i < 250; i++)
        {
            _rig[4].Boot = new BootId(_rig[4].Boot.Value + 1);
            _rig.Advance(40);
        }

        (Dials() - before).Should().BeLessThanOrEqualTo(100);
    }

    [Test]
    public void A_replica_that_starts_again_is_found_when_it_is_listed()
    {
        _rig.Advance(10_000);
        FrontEndRig.Restart(_rig[4]);
        _rig.Advance(1_100);
        _rig.Core.Knowledge.Replicas.Single(r => r.Member.Id == _rig[4].Id).Report.Should().NotBeNull();
    }

    private int Dials() => _rig.Network.Dialled.Count(d => d.Endpoint == _rig[4].Endpoint);
}
