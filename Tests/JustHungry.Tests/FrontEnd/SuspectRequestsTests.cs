using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.Fakes;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>A request may be what its primaries die of: how many it is taken to.</summary>
internal sealed class SuspectRequestsTests
{
    [Test]
    public void A_request_under_way_at_two_failures_is_given_back_and_not_sent_a_third_time()
    {
        FrontEndRig rig = FrontEndRig.Running(4);
        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user);

        rig.Kill(rig[1]);
        rig.Executes(rig[2]).Should().ContainSingle("one failure befalls anybody");
        rig.Kill(rig[2]);

        rig.Executes(rig[3]).Should().BeEmpty();
        rig.SentTo(user, MessageType.Reply).Should().ContainSingle().Which.Correlation.Should().Be(asked);
        RefusalAnswer answer = rig.RefusalsTo(user).Single();
        (answer.Reason, answer.NotSent).Should().Be((AnswerCode.Overloaded, false), "its outcome is unknown");
        rig.Core.Waiting.Should().Be(0);
    }

    [Test]
    public void A_primary_that_fell_silent_counts_like_one_that_broke_the_connection()
    {
        FrontEndRig rig = FrontEndRig.Running(4);
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        Silence(rig, 1);
        rig.Executes(rig[2]).Should().ContainSingle();
        Silence(rig, 2);

        rig.RefusalsTo(user).Should().ContainSingle();
        rig.Executes(rig[3]).Should().BeEmpty();
    }

    [Test]
    public void Views_that_change_while_the_primary_answers_are_not_held_against_a_request()
    {
        FrontEndRig rig = FrontEndRig.Running(4);
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Receive(rig[1], new Resigning(new Epoch(5)));
        rig.Receive(rig[2], new Resigning(new Epoch(6)));

        rig.Executes(rig[3]).Should().ContainSingle();
        rig.RefusalsTo(user).Should().BeEmpty();
    }

    [Test]
    public void A_request_that_had_not_been_sent_yet_is_none_of_the_suspects()
    {
        FrontEndRig rig = FrontEndRig.Running(4);
        ConnectionId user = rig.OpenUser();
        rig[2].Adopts = rig[3].Adopts = rig[4].Adopts = false;
        rig.Kill(rig[1]);
        rig.Ask(user);
        rig.Kill(rig[2]);
        rig[3].Adopts = true;
        rig.Advance(2_500);

        rig.Executes(rig[3]).Should().ContainSingle();
    }

    [Test]
    public void Asked_again_after_its_wait_a_suspect_is_served()
    {
        FrontEndRig rig = TwoFailures(out ConnectionId user, out ulong asked);
        Again(rig, user, asked);
        rig.RefusalsTo(user).Should().HaveCount(3, "both were given back, and it waits for two seconds");

        rig.Advance(2_000);
        Again(rig, user, asked);
        SentFrame execute = rig.Executes(rig[3]).Single();
        execute.As<Execute>().Content.RequestId.Should().Be(new RequestId(asked), "under the same ids");
        rig.Reply(execute, number: 1);
        rig.Propagate(rig[3], number: 1);
        rig.RepliesTo(user)[^1].Should().Be((asked, 42));
    }

    [Test]
    public void Of_several_suspects_one_is_under_way_at_a_time_so_that_the_next_failure_tells_which_it_was()
    {
        FrontEndRig rig = TwoFailures(out ConnectionId user, out ulong first, out ulong second);
        rig.Advance(2_000);
        Again(rig, user, first);
        Again(rig, user, second);
        rig.Executes(rig[3]).Should().ContainSingle();

        rig.Kill(rig[3]);
        rig.Executes(rig[4]).Should().BeEmpty();
        Again(rig, user, second);
        rig.Executes(rig[4]).Should().ContainSingle("it was not under way at the third failure");
        rig.Advance(8_000);
        int refused = rig.RefusalsTo(user).Count;
        Again(rig, user, first);
        rig.Executes(rig[4]).Should().ContainSingle();
        rig.RefusalsTo(user).Should().HaveCount(refused + 1, "it has to wait for ten seconds now");
    }

    private static void Silence(FrontEndRig rig, int number)
    {
        rig[number].Answers = false;
        rig.Replicas.ForEach(r => r.HearsPrimary = false);
        rig.Advance(700);
    }

    private static FrontEndRig TwoFailures(out ConnectionId user, out ulong asked) => TwoFailures(out user, out asked, out _);

    private static FrontEndRig TwoFailures(out ConnectionId user, out ulong first, out ulong second)
    {
        FrontEndRig rig = FrontEndRig.Running(5);
        user = rig.OpenUser();
        (first, second) = (rig.Ask(user), rig.Ask(user));
        rig.Kill(rig[1]);
        rig.Kill(rig[2]);
        return rig;
    }

    private static void Again(FrontEndRig rig, ConnectionId user, ulong asked) =>
        rig.Receive(user, asked, new Request(FrontEndRig.RequestNumber(asked)));
}
