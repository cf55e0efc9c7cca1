using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>How long a primary may take to adopt the view that names it.</summary>
internal sealed class SlowAdoptionTests
{
    [Test]
    public void A_primary_in_a_lower_epoch_is_sent_the_view_and_counts_as_dead_only_when_it_does_not_adopt_it()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].Adopts = false;
        rig.View = rig.ViewOf(6, [1, 2, 3], primary: 2);
        rig.Advance(1_100);
        rig.SentTo(rig[2].Connection, MessageType.NewView).Should().NotBeEmpty();
        rig.Proposals.Should().BeEmpty();

        rig.Advance(2_100);
        rig.Proposals.Should().ContainSingle().Which.View.Primary.Should().NotBe(rig[2].Id);
    }

    [Test]
    public void A_primary_that_stutters_while_its_disk_hangs_is_replaced_too()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].Adopts = false;
        rig.View = rig.ViewOf(6, [1, 2, 3], primary: 2);
        for (int time = 0; time < 3; time++)
        {
            rig[2].Answers = false;
            rig.Advance(500);
            rig[2].Answers = true;
            rig.Advance(1_000);
        }

        rig.Proposals.Should().ContainSingle("neither the silence nor the answers begin the two seconds anew").Which.View.Primary.Should().NotBe(rig[2].Id);
    }

    [Test]
    public void While_its_log_grows_a_primary_is_given_more_time_to_adopt_the_view_also_across_connections()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].Adopts = false;
        rig.View = rig.ViewOf(6, [1, 2, 3], primary: 2);
        rig.Advance(2_000);
        rig[2].Last = new EntryPosition(new EntryIndex(9), new Epoch(5)); // what was being written when the view came
        rig.Advance(1_500);
        rig.Proposals.Should().BeEmpty("the adoption is the next thing that it writes");

        rig.Reset(rig[2]);
        rig.Advance(1_200);
        rig.Proposals.Should().ContainSingle("to be connected anew is no sign that its disk works").Which.View.Primary.Should().NotBe(rig[2].Id);
    }

    [Test]
    public void The_time_to_adopt_a_view_doubles_with_each_primary_that_did_not()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Replicas.ForEach(r => r.Adopts = false);
        rig.View = rig.ViewOf(6, [1, 2, 3], primary: 2);
        rig.Advance(15_500);

        rig.Proposals.Should().HaveCount(3, "after 2, 4 and 8 seconds: disks that slow may be all there are");
    }
}
