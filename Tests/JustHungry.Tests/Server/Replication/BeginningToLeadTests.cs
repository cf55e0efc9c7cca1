using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

internal sealed class BeginningToLeadTests
{
    private static readonly Member Joining = new(new ReplicaId("4"), new DiskId(104));

    [Test]
    public void A_new_primary_dials_its_followers_in_the_step_in_which_it_begins_to_lead()
    {
        var rig = new ReplicaRig();
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(1, One, [One, Two, Three], Joining), [EndpointOf(Two), EndpointOf(Three), EndpointOf(Joining)]));
        Followers(rig).Should().BeEmpty("its view is not on its disk");

        rig.DiskIsDone();

        Followers(rig).Should().Equal("2", "3", "4");
        rig.Pass(5 * Timing.TickMs);
        Followers(rig).Should().HaveCount(3, "each is dialled once");
    }

    [Test]
    public void A_follower_whose_endpoint_is_not_known_yet_is_dialled_when_it_is()
    {
        var rig = new ReplicaRig();
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(1, One, [One, Two]), []));
        rig.DiskIsDone();
        Followers(rig).Should().BeEmpty();

        rig.Receive(rig.FrontEnd, new Sync(Two, EndpointOf(Two).Endpoint));
        rig.Pass(Timing.TickMs);

        Followers(rig).Should().Equal("2");
    }

    private static MemberEndpoint EndpointOf(Member member) => new(member, new Endpoint(member.Id.Value, 1));

    private static IEnumerable<string> Followers(ReplicaRig rig) => rig.Network.Dialled.Select(d => d.Endpoint.Host).Where(h => h != "names");
}
