using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.Fakes;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>What becomes of a request between its user and the primary.</summary>
internal sealed class RelayTests
{
    [Test]
    public void A_reply_is_released_only_by_a_barrier_that_names_it_or_a_later_one()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        ulong first = rig.Ask(user), second = rig.Ask(user);
        List<SentFrame> sent = rig.Executes(rig[1]);

        rig.Reply(sent[0], number: 1, answer: 11);
        rig.Reply(sent[1], number: 2, answer: 22);
        rig.RepliesTo(user).Should().BeEmpty("nothing has been propagated");

        rig.Propagate(rig[1], number: 1);
        rig.RepliesTo(user).Should().Equal((first, 11));

        rig.Propagate(rig[1], number: 2);
        rig.RepliesTo(user).Should().Equal((first, 11), (second, 22));
    }

    [Test]
    public void One_acknowledgement_releases_every_reply_up_to_its_number_in_order()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        ulong[] asked = [rig.Ask(user), rig.Ask(user), rig.Ask(user)];
        ulong number = 0;
        foreach (SentFrame execute in rig.Executes(rig[1]))
            rig.Reply(execute, ++number);

        rig.Propagate(rig[1], number: 3);

        rig.RepliesTo(user).Select(r => r.Request).Should().Equal(asked);
    }

    [Test]
    public void A_reply_or_acknowledgement_of_another_epoch_is_dropped()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        SentFrame execute = rig.Executes(rig[1])[0];

        rig.Reply(execute, number: 1, epoch: 4);
        rig.Propagate(rig[1], number: 9);
        rig.RepliesTo(user).Should().BeEmpty("the reply is of an older epoch");

        rig.Reply(execute, number: 10, answer: 55);
        rig.Propagate(rig[1], number: 10, epoch: 4);
        rig.RepliesTo(user).Should().BeEmpty("the acknowledgement is of an older epoch");
    }

    [Test]
    public void After_a_promotion_everything_not_released_is_sent_again_in_order_under_the_same_ids()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        ulong released = rig.Ask(user), held = rig.Ask(user), unanswered = rig.Ask(user);
        List<SentFrame> first = rig.Executes(rig[1]);
        rig.Reply(first[0], number: 1);
        rig.Propagate(rig[1], number: 1);
        rig.Reply(first[1], number: 2);

        rig.Kill(rig[1]);

        List<SentFrame> again = rig.Executes(rig[2]);
        again.Select(e => e.As<Execute>().Content.RequestId).Should().Equal(new RequestId(held), new RequestId(unanswered));
        again.Should().OnlyContain(e => e.As<Execute>().Epoch == new Epoch(6));
        UserRequest content = again[0].As<Execute>().Content;
        UserRequest original = FrontEndRig.RequestNumber(held);
        (content with { Body = default }).Should().Be(original with { Body = default });
        content.Body.ToArray().Should().Equal(original.Body.ToArray());
        rig.RepliesTo(user).Should().ContainSingle("the held reply was thrown away").Which.Request.Should().Be(released);
    }

    [Test]
    public void A_request_that_arrives_while_nobody_leads_waits_for_the_next_primary()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].Adopts = rig[3].Adopts = false;
        rig.Kill(rig[1]);
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Executes(rig[2]).Should().BeEmpty("it has not adopted the view");

        rig[2].Adopts = true;
        rig.Advance(600);

        rig.Executes(rig[2]).Should().ContainSingle();
    }

    [Test]
    public void A_reply_of_the_deposed_primary_comes_too_late()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user);
        SentFrame old = rig.Executes(rig[1])[0];
        SentFrame oldBarrier = rig.Barriers(rig[1])[^1];
        rig[1].Adopts = false;
        rig.View = rig.ViewOf(6, [1, 2, 3], primary: 2);
        rig.Advance(1_100);

        rig.Reply(old, number: 1, answer: 66);
        rig.Receive(oldBarrier.To, oldBarrier.Correlation, new Propagated(new Epoch(5), new ReplyNumber(1)));
        rig.RepliesTo(user).Should().BeEmpty();

        rig.Reply(rig.Executes(rig[2])[0], number: 1, answer: 77);
        rig.Propagate(rig[2], number: 1);
        rig.RepliesTo(user).Should().Equal((asked, 77));
    }

    [Test]
    public void Released_is_final()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        SentFrame execute = rig.Executes(rig[1])[0];
        rig.Reply(execute, number: 1);
        rig.Propagate(rig[1], number: 1);

        rig.Reply(execute, number: 2, answer: 99);
        rig.Advance(200);
        rig.Kill(rig[1]);

        rig.RepliesTo(user).Should().ContainSingle();
        rig.Executes(rig[2]).Should().BeEmpty("it was answered");
    }

    [Test]
    public void An_answer_to_an_earlier_sending_never_reaches_the_slots_next_request()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        SentFrame earlier = rig.Executes(rig[1])[0];
        rig.Reply(earlier, number: 1);
        rig.Propagate(rig[1], number: 1);
        ulong next = rig.Ask(user);

        rig.Reply(earlier, number: 2, answer: 13);
        rig.Propagate(rig[1], number: 2);
        rig.RepliesTo(user).Should().NotContain(r => r.Request == next);
    }

    [Test]
    public void A_new_connection_to_the_same_primary_gets_everything_again()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Advance(1_000);
        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user);
        rig.Reply(rig.Executes(rig[1])[0], number: 1);
        rig[2].HearsPrimary = rig[3].HearsPrimary = true;

        rig.Reset(rig[1]);
        rig.Advance(40);

        rig.Proposals.Should().BeEmpty("the link is back, and members heard the primary all along");
        rig.Reply(rig.Executes(rig[1]).Single(), number: 2, answer: 8);
        rig.Propagate(rig[1], number: 2);
        rig.RepliesTo(user).Should().Equal((asked, 8));
    }

    [TestCase(Refusal.OldEpoch)]
    [TestCase(Refusal.NotLeading)]
    public void A_request_that_the_primary_refuses_is_sent_to_the_next(Refusal reason)
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        SentFrame execute = rig.Executes(rig[1])[0];
        View next = rig.ViewOf(6, [2, 3]);
        rig[1].Leads = false;
        if (reason == Refusal.OldEpoch)
        {
            rig.View = next;
            rig[2].Adopt(next);
        }

        rig.Receive(execute.To, execute.Correlation, new Refused(reason, reason == Refusal.OldEpoch ? next : rig.View));
        rig.Advance(100);

        string primary = rig.Events.Views[^1].View.Primary.Value;
        rig.Executes(rig.Replicas.Single(r => r.Id.Value == primary)).Should().Contain(e => e.As<Execute>().Epoch == new Epoch(6));
    }

    [Test]
    public void A_primary_that_lacks_the_view_is_sent_it_and_then_the_request_again()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        SentFrame execute = rig.Executes(rig[1])[0];

        rig.Receive(execute.To, execute.Correlation, new Refused(Refusal.NeedView, null));

        rig.SentTo(rig[1].Connection, MessageType.NewView).Should().NotBeEmpty();
        rig.Executes(rig[1]).Should().HaveCount(2);
        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void A_primary_with_too_much_to_do_leaves_the_user_a_truthful_answer()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        SentFrame first = rig.Executes(rig[1])[0];
        rig.Receive(first.To, first.Correlation, new Refused(Refusal.Overloaded, null));
        rig.RefusalsTo(user).Single().Should().Be(new RefusalAnswer(AnswerCode.Overloaded, NotSent: true));

        rig.Ask(user);
        rig.Kill(rig[1]);
        SentFrame again = rig.Executes(rig[2]).Single();
        rig.Receive(again.To, again.Correlation, new Refused(Refusal.Overloaded, null));
        rig.RefusalsTo(user)[1].Should().Be(new RefusalAnswer(AnswerCode.Overloaded, NotSent: false), "the dead primary may have done it");
    }

    [Test]
    public void The_users_of_a_connection_can_have_1024_requests_in_flight_and_are_told_when_they_are_more()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId greedy = rig.OpenUser(), other = rig.OpenUser();
        rig.Step(() =>
        {
            for (ulong i = 1; i <= 1_025; i++)
                rig.Core.Received(rig.Now, greedy, new Frame(rig.Network.Encode(i, new Request(FrontEndRig.RequestNumber(i) with { User = new UserId(i) }))));
        });
        rig.Ask(other);

        rig.Executes(rig[1]).Should().HaveCount(1_025);
        rig.RefusalsTo(greedy).Should().Equal(new RefusalAnswer(AnswerCode.Overloaded, NotSent: true));
        rig.RefusalsTo(other).Should().BeEmpty();
    }

    [Test]
    public void The_answer_to_a_user_who_left_is_dropped_and_its_slot_is_free_again()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Step(() => rig.Core.Closed(rig.Now, user));

        rig.Reply(rig.Executes(rig[1])[0], number: 1);
        rig.Propagate(rig[1], number: 1);

        rig.RepliesTo(user).Should().BeEmpty();
        ConnectionId @operator = rig.OpenUser(Role.Operator);
        rig.Receive(@operator, 1, default(FrontEndStatus));
        rig.SentTo(@operator, MessageType.FrontEndReport).Single().As<FrontEndReport>().Waiting.Should().Be(0);
    }

    [Test]
    public void A_request_that_makes_no_sense_is_answered_and_the_connection_lives()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        byte[] bytes = [0x93, 70, 5, 0xC0]; // [Request, correlation 5, nil]
        rig.Step(() => rig.Core.Received(rig.Now, user, new Frame(new ReadOnlySequence<byte>(bytes))));

        rig.RefusalsTo(user).Should().Equal(new RefusalAnswer(AnswerCode.Unsupported));
        rig.Network.Closed.Should().BeEmpty();
    }

    [Test]
    public void Nobody_waits_for_more_than_12_seconds_also_while_ticks_come_late()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        for (int ms = 0; ms < 11_000; ms += 200)
            rig.Pause(200);
        rig.RefusalsTo(user).Should().BeEmpty("what would show that the view commits may wait unread");
        for (int ms = 0; ms < 1_200; ms += 200)
            rig.Pause(200);

        rig.RefusalsTo(user).Should().Equal(new RefusalAnswer(AnswerCode.TooFewReplicas, NotSent: false));
    }
}
