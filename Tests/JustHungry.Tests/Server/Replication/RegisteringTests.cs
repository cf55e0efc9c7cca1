using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Replication;

/// <summary>A replica's name at the name server: kept out of it by a dead process, and by a live one.</summary>
internal sealed class RegisteringTests
{
    private static readonly BootId Dead = new(4);

    private ReplicaRig _rig = null!;
    private ConnectionId _names;

    [SetUp]
    public void Register()
    {
        _rig = new ReplicaRig();
        _rig.Core.Start(_rig.Now);
        _rig.Pass(Timing.TickMs);
        _names = _rig.Network.Dialled.Single(d => d.Endpoint.Host == "names").Connection;
        _rig.Core.Opened(_rig.Now, _names, new Hello(Role.NameServer, "nameserver", DiskId.None, new BootId(8), ClusterId.None, ""));
    }

    [Test]
    public void A_name_that_a_late_renewal_of_a_dead_process_holds_is_asked_after_and_taken_over()
    {
        _rig.All<Register>(_names).Single().Replaces.Should().Be(BootId.None, "nobody held the name when this process looked");
        Refuse();
        _rig.NameLost.Should().Equal(("held", Dead));

        _rig.Core.Replace(_rig.Now, Dead);
        _rig.All<Register>(_names).Last().Replaces.Should().Be(Dead);
        _rig.Receive(_names, new Registered(GroupHealth.Healthy));
        _rig.Core.IsRegistered.Should().BeTrue();
    }

    [Test]
    public void A_name_that_was_held_and_is_lost_is_not_asked_after()
    {
        _rig.Receive(_names, new Registered(GroupHealth.Healthy));
        Refuse();
        _rig.NameLost.Should().Equal([("taken", Dead)], "another process found this one dead");
    }

    [Test]
    public void That_it_holds_its_name_is_told_once_and_not_with_each_renewal()
    {
        _rig.TimesRegistered.Should().Be(0, "no answer has come");
        _rig.Receive(_names, new Registered(GroupHealth.Healthy));
        _rig.Receive(_names, new Registered(GroupHealth.Healthy));
        _rig.TimesRegistered.Should().Be(1);
    }

    private void Refuse() => _rig.Receive(_names, new NameRefused(NameRefusal.NameInUse, new Registration(
        NameRules.Replica(NameRules.DefaultGroup, ReplicaRig.One.Id), new Endpoint("me", 2), ReplicaRig.One.Disk, ClusterId.None, Epoch.None, [], Dead, 10_000)));
}
