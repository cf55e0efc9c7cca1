using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.Fakes;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>Which barriers a front end asks for.</summary>
internal sealed class BarrierQueueTests
{
    [Test]
    public void At_most_four_barriers_are_in_flight()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        int before = rig.Barriers(rig[1]).Count;
        for (int i = 0; i < 10; i++)
            rig.Ask(user);
        rig.Barriers(rig[1]).Should().HaveCount(before + 4);

        rig.Propagate(rig[1], number: 0);
        rig.Barriers(rig[1]).Should().HaveCount(before + 5, "the fifth goes when there is room, for all that was sent meanwhile");
    }

    [Test]
    public void A_batch_has_one_barrier_however_many_requests_it_brought()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        int before = rig.Barriers(rig[1]).Count;
        rig.Step(() =>
        {
            for (ulong i = 1; i <= 100; i++)
                rig.Core.Received(rig.Now, user, new Frame(rig.Network.Encode(i, new Request(FrontEndRig.RequestNumber(i) with { User = new UserId(i) }))));
        });

        rig.Executes(rig[1]).Should().HaveCount(100);
        rig.Barriers(rig[1]).Should().HaveCount(before + 1);
        rig.Network.Sent[^1].Type.Should().Be(MessageType.PropagateBackup, "it follows what it is to cover");
    }

    [Test]
    public void A_reply_that_was_made_late_gets_a_barrier_of_its_own()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user, RequestKind.UserDetails);
        rig.Propagate(rig[1], number: 0);
        rig.Ask(user); // its barrier is in flight, and may have been read before the late reply was made
        int before = rig.Barriers(rig[1]).Count;

        rig.Reply(rig.Executes(rig[1])[0], number: 1, answer: 5);
        rig.Barriers(rig[1]).Should().HaveCount(before + 1);
        rig.Propagate(rig[1], number: 0);
        rig.Propagate(rig[1], number: 1);
        rig.RepliesTo(user).Should().Equal((asked, 5));
    }

    [Test]
    public void A_refused_barrier_is_sent_again_later_each_time()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Reply(rig.Executes(rig[1])[0], number: 1);
        int before = rig.Barriers(rig[1]).Count;
        for (int ms = 0; ms < 5_000; ms += Timing.TickMs)
        {
            SentFrame last = rig.Barriers(rig[1])[^1];
            rig.Receive(last.To, last.Correlation, new Refused(Refusal.Overloaded, null));
            rig.Advance(Timing.TickMs);
        }

        rig.Barriers(rig[1]).Count.Should().BeInRange(before + 5, before + 14, "20 ms after the first, and 640 ms at most");
        rig.Core.Received(rig.Now, rig[1].Connection, new Frame(rig.Network.Encode(rig.Barriers(rig[1])[^1].Correlation, new Propagated(new Epoch(5), new ReplyNumber(1)))));
        rig.RepliesTo(user).Should().ContainSingle();
    }

    [Test]
    public void A_held_reply_that_the_last_barrier_did_not_cover_is_followed_by_another()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user, RequestKind.ViewOrders);
        int before = rig.Barriers(rig[1]).Count;
        rig.Reply(rig.Executes(rig[1])[0], number: 7);

        rig.Propagate(rig[1], number: 6);

        rig.Barriers(rig[1]).Should().HaveCount(before + 1);
        rig.Propagate(rig[1], number: 7);
        rig.RepliesTo(user).Should().ContainSingle();
    }
}
