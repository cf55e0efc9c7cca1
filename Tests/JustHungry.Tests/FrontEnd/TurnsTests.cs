using System.Buffers;
using FluentAssertions;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.Fakes;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>How much of a front end and of the primary one connection can take, and in which order requests go when there is not room for all.</summary>
internal sealed class TurnsTests
{
    private const int MiB = 1024 * 1024;
    private const int LongAnswer = FrameLimits.PayloadBytesMax - 64;

    private ulong _lastNumber;

    [Test]
    public void Who_leaves_its_answers_unread_waits_alone()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId slow = rig.OpenUser(), other = rig.OpenUser();
        rig.Network.UnsentTo[slow] = 4 * MiB;

        ulong waiting = rig.Ask(slow, RequestKind.ProductList);
        ulong going = rig.Ask(other, RequestKind.ProductList);
        rig.Executes(rig[1]).Select(Number).Should().Equal(going);

        rig.Network.UnsentTo[slow] = 0;
        rig.Advance(Timing.TickMs);
        rig.Executes(rig[1]).Select(Number).Should().Equal(going, waiting);
        rig.RefusalsTo(slow).Should().BeEmpty("it had to wait for itself, not to be sent away");
    }

    [Test]
    public void Of_long_answers_few_are_asked_for_at_a_time()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId greedy = rig.OpenUser();
        LearnThatItsAnswersAreLong(rig, greedy);
        int before = rig.Executes(rig[1]).Count;

        for (int i = 0; i < 10; i++)
            AskAsSomebodyElse(rig, greedy);

        rig.Executes(rig[1]).Should().HaveCount(before + 3, "the third is the one that fills what is under way");
    }

    [Test]
    public void A_connection_with_much_under_way_lets_the_others_go_first()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId greedy = rig.OpenUser(), other = rig.OpenUser();
        LearnThatItsAnswersAreLong(rig, greedy);
        for (int i = 0; i < 10; i++)
            AskAsSomebodyElse(rig, greedy);
        ulong asked = rig.Ask(other);
        List<SentFrame> before = rig.Executes(rig[1]);
        before.Select(Number).Should().NotContain(asked, "all that may be under way is");

        ReplyAtLength(rig, before[^1], number: 2);

        rig.Executes(rig[1])[before.Count..].Select(Number).Should().Equal(asked);
    }

    [Test]
    public void A_users_requests_keep_their_order_also_when_some_had_left_before_a_failover()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        ulong first = rig.Ask(user);
        rig.Network.UnsentTo[user] = 4 * MiB;
        ulong second = rig.Ask(user);
        rig.Executes(rig[1]).Select(Number).Should().Equal(first);

        rig.Network.UnsentTo[user] = 0;
        rig.Kill(rig[1]);

        rig.Executes(rig[2]).Select(Number).Should().Equal(first, second);
    }

    [Test]
    public void A_look_that_the_primary_has_no_room_for_goes_again_a_tick_later_and_its_user_hears_nothing_of_it()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user, RequestKind.ProductList);
        SentFrame first = rig.Executes(rig[1])[0];

        rig.Receive(first.To, first.Correlation, new Refused(Refusal.Overloaded, null));
        rig.Executes(rig[1]).Should().HaveCount(1, "it would be refused again at once");
        rig.Advance(2 * Timing.TickMs);

        rig.Executes(rig[1]).Select(Number).Should().Equal(asked, asked);
        rig.RepliesTo(user).Should().BeEmpty();
    }

    [Test]
    public void Ticks_that_come_late_let_a_look_that_was_held_back_go_too()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Ask(rig.OpenUser(), RequestKind.ProductList);
        SentFrame first = rig.Executes(rig[1])[0];

        rig.Receive(first.To, first.Correlation, new Refused(Refusal.Overloaded, null));
        rig.Pause(Timing.PausedMs + 1);

        rig.Executes(rig[1]).Should().HaveCount(2);
    }

    [Test]
    public void Without_a_primary_nobody_queues_for_a_turn()
    {
        var network = new FakeNetwork();
        var relay = new Relay(network, new FrontEndLimits(), new RecordedEvents());
        var user = new UserConnection(new ConnectionId(1));
        var now = new Now(1_000, 0);
        relay.Take(now, user, 1, FrontEndRig.RequestNumber(1));
        (user.HasTurn, user.Waiting.Count).Should().Be((false, 0), "it would stay queued, however long there is none, also when it is answered or gone");

        relay.Serve(now, new ConnectionId(2), new Epoch(5), hasFailed: false);
        network.UnsentTo[user.Id] = 4 * MiB;
        relay.BatchEnded(now);
        user.Waiting.Should().ContainSingle();
        relay.Detach(now, hasFailed: false);
        (user.HasTurn, user.Waiting.Count).Should().Be((false, 0));

        relay.Serve(now, new ConnectionId(3), new Epoch(6), hasFailed: false);
        network.UnsentTo[user.Id] = 0;
        relay.BatchEnded(now);
        network.Sent.Where(f => f.Type == MessageType.Execute).Should().ContainSingle();
    }

    [Test]
    public void While_requests_are_held_back_nobody_queues_for_a_turn_however_often_they_are_asked_again()
    {
        var network = new FakeNetwork();
        var relay = new Relay(network, new FrontEndLimits(), new RecordedEvents());
        var user = new UserConnection(new ConnectionId(1));
        var now = new Now(1_000, 0);
        relay.Take(now, user, 1, FrontEndRig.RequestNumber(1));
        relay.Serve(now, new ConnectionId(2), new Epoch(5), hasFailed: false, holdsBack: true);
        for (ulong i = 2; i < 100; i++)
        {
            relay.BatchEnded(now);
            now = now with { Ms = now.Ms + Timing.WaitMaxMs + 1 };
            relay.Tick(now, isShort: false, hasPaused: false);
            relay.Take(now, user, i, FrontEndRig.RequestNumber(i));
        }

        (user.HasTurn, user.Waiting.Count, relay.Waiting).Should().Be((false, 0, 1), "what was given up is not to be kept, nor its user's connection once that is gone");

        relay.Serve(now, new ConnectionId(2), new Epoch(6), hasFailed: false);
        relay.BatchEnded(now);
        network.Sent.Where(f => f.Type == MessageType.Execute).Should().ContainSingle();
    }

    [Test]
    public void A_user_has_16_requests_in_flight_at_most_whatever_others_on_its_connection_have()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId shared = rig.OpenUser();
        for (int i = 0; i < 17; i++)
            rig.Ask(shared);
        AskAsSomebodyElse(rig, shared);

        rig.RefusalsTo(shared).Should().Equal(new RefusalAnswer(AnswerCode.Overloaded, NotSent: true));
        rig.Executes(rig[1]).Should().HaveCount(17);

        rig.Reply(rig.Executes(rig[1])[0], number: 1);
        rig.Propagate(rig[1], number: 1);
        rig.Ask(shared);
        rig.Executes(rig[1]).Should().HaveCount(18, "one was answered");
    }

    [Test]
    public void What_was_reserved_is_given_back_when_a_connection_with_everything_in_flight_ends()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId greedy = rig.OpenUser();
        for (int i = 0; i < 200; i++)
            AskAsSomebodyElse(rig, greedy);
        rig.Executes(rig[1]).Count.Should().BeInRange(100, 199, "there was not room for all");
        rig.Step(() => rig.Core.Closed(rig.Now, greedy));

        rig.Kill(rig[1]);

        rig.Executes(rig[2]).Should().BeEmpty("nobody waits any more");
        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user);
        rig.Executes(rig[2]).Select(Number).Should().Equal(asked);
    }

    [Test]
    public void Details_whose_postcodes_take_long_to_look_up_leave_room_for_everything_else()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId[] greedy = [.. Enumerable.Range(0, 600).Select(_ => rig.OpenUser())];
        for (int i = 0; i < 1_800; i++)
            AskAsSomebodyElse(rig, greedy[i % greedy.Length], RequestKind.UserDetails);
        rig.Executes(rig[1]).Should().HaveCount(new FrontEndLimits().LookUpsMax);

        ulong look = rig.Ask(rig.OpenUser(), RequestKind.ProductList);
        rig.Executes(rig[1]).Select(Number).Last().Should().Be(look);

        rig.Reply(rig.Executes(rig[1])[0], number: 1);
        rig.Executes(rig[1]).Should().HaveCount(new FrontEndLimits().LookUpsMax + 2, "the place of one that is answered is the next one's");
    }

    [Test]
    public void One_connection_can_not_take_the_look_ups_from_the_others()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId greedy = rig.OpenUser();
        for (int i = 0; i < 1_000; i++)
            AskAsSomebodyElse(rig, greedy, RequestKind.UserDetails);
        rig.Executes(rig[1]).Count.Should().BeInRange(50, 60, "it may have an eighth of those that are free");

        ulong[] honest = [.. Enumerable.Range(0, 10).Select(_ => rig.Ask(rig.OpenUser(), RequestKind.UserDetails))];

        rig.Executes(rig[1]).Select(Number).Should().Contain(honest);
    }

    [Test]
    public void Long_details_count_by_their_bytes_too()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId greedy = rig.OpenUser();
        var body = new ReadOnlySequence<byte>(new byte[60 * 1024]);
        for (ulong i = 1; i <= 200; i++)
        {
            UserRequest details = FrontEndRig.RequestNumber(i, RequestKind.UserDetails) with { User = new UserId(i), Body = body };
            rig.Receive(greedy, i, new Request(details));
        }

        rig.Executes(rig[1]).Count.Should().BeInRange(30, 40, "2 MiB are under way then");
    }

    private static ulong Number(SentFrame execute) => (ulong)execute.As<Execute>().Content.RequestId.Value;

    /// <summary>A user of its own for each: their requests are not limited by who they are.</summary>
    private void AskAsSomebodyElse(FrontEndRig rig, ConnectionId connection, RequestKind kind = RequestKind.ProductList)
    {
        ulong number = 1_000 + ++_lastNumber;
        rig.Receive(connection, number, new Request(FrontEndRig.RequestNumber(number, kind) with { User = new UserId(number) }));
    }

    private void LearnThatItsAnswersAreLong(FrontEndRig rig, ConnectionId connection)
    {
        AskAsSomebodyElse(rig, connection);
        ReplyAtLength(rig, rig.Executes(rig[1])[^1], number: 1);
        while (rig.RepliesTo(connection).Count == 0)
            rig.Propagate(rig[1], number: 1);
    }

    private static void ReplyAtLength(FrontEndRig rig, SentFrame execute, ulong number) => rig.Receive(
        execute.To, execute.Correlation, new Executed(execute.As<Execute>().Epoch, new ReplyNumber(number), new ReadOnlySequence<byte>(new byte[LongAnswer])));
}
