using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ordering;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>A view that has fewer members than orders need, after an unclean promotion or a repair: nothing commits in it.</summary>
internal sealed class TooFewMembersTests
{
    [Test]
    public void Requests_wait_at_the_front_end_and_are_refused_as_never_sent()
    {
        FrontEndRig rig = FrontEndRig.Running(members: [1]);
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Advance(3_900);
        rig.RefusalsTo(user).Should().BeEmpty();

        rig.Advance(300);

        rig.RefusalsTo(user).Should().Equal(new RefusalAnswer(AnswerCode.TooFewReplicas, NotSent: true));
        rig.Executes(rig[1]).Should().BeEmpty("it could only keep them");
    }

    [Test]
    public void They_go_to_the_primary_once_another_was_admitted()
    {
        FrontEndRig rig = FrontEndRig.Running(members: [1]);
        rig.Ask(rig.OpenUser());
        rig.View = rig.ViewOf(6, [1, 2]);
        rig.Replicas.ForEach(r => r.Adopt(rig.View));

        rig.Advance(1_200);

        rig.Executes(rig[1]).Should().ContainSingle();
    }
}
