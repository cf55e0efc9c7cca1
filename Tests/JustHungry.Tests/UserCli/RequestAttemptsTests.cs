using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

public sealed class RequestAttemptsTests
{
    private static readonly RetryPolicy Policy = new(Retries: 2, IntervalMs: 5_000);
    private static readonly RefusalAnswer Busy = new(AnswerCode.Overloaded);
    private static readonly RefusalAnswer BusyNotSent = new(AnswerCode.Overloaded, NotSent: true);
    private static readonly RefusalAnswer ShortNotSent = new(AnswerCode.TooFewReplicas, NotSent: true);

    [Test]
    public void A_final_answer_ends_it_and_so_does_a_refusal()
    {
        foreach (Answer answer in new Answer[] { new ProductsAnswer([]), new RefusalAnswer(AnswerCode.LowStock), new RefusalAnswer(AnswerCode.Expired) })
        {
            var attempts = new RequestAttempts(isUpdate: true, Policy);
            attempts.Begin().Should().Be(new AttemptStep(NextAct.Send, FrontEnd: 0));
            attempts.Sent(100);
            attempts.Answered(150, answer).Act.Should().Be(NextAct.Done);
            attempts.OutcomeUnknown.Should().BeFalse();
            attempts.Tick(1_000_000).Should().BeNull();
        }
    }

    [Test]
    public void A_lost_connection_is_followed_by_a_new_try_at_once_at_the_next_front_end_then_by_the_retries_at_their_interval()
    {
        var attempts = new RequestAttempts(isUpdate: false, Policy, frontEnd: 7);
        attempts.Begin().FrontEnd.Should().Be(7);
        attempts.Sent(0);
        attempts.ConnectionLost(100).Should().Be(new AttemptStep(NextAct.Send, FrontEnd: 8));
        attempts.Retry.Should().Be(0);
        attempts.NotConnected(200).Should().Be(new AttemptStep(NextAct.Wait, UntilMs: 5_200));
        attempts.Retry.Should().Be(1);
        attempts.Tick(5_199).Should().BeNull();
        attempts.Tick(5_200).Should().Be(new AttemptStep(NextAct.Send, FrontEnd: 9));
        attempts.Sent(5_200);
        attempts.ConnectionLost(5_300).Should().Be(new AttemptStep(NextAct.Wait, UntilMs: 10_300));
        attempts.Retry.Should().Be(2);
        attempts.Tick(10_300).Should().Be(new AttemptStep(NextAct.Send, FrontEnd: 10));
        attempts.NotConnected(10_400).Should().Be(new AttemptStep(NextAct.GiveUp, ExitCode: ExitCode.Unavailable));
    }

    [Test]
    public void A_shop_that_says_it_is_busy_or_short_is_not_asked_again_at_once()
    {
        var attempts = new RequestAttempts(isUpdate: false, Policy);
        attempts.Begin();
        attempts.Sent(0);
        attempts.Answered(10, Busy).Should().Be(new AttemptStep(NextAct.Wait, UntilMs: 5_010));
        attempts.LastFailure.Should().Be(AttemptFailure.Overloaded);
        attempts.Tick(5_010);
        attempts.Sent(5_010);
        attempts.Answered(5_020, ShortNotSent).Should().Be(new AttemptStep(NextAct.Wait, UntilMs: 10_020));
        attempts.LastFailure.Should().Be(AttemptFailure.TooFewReplicas);
    }

    [Test]
    public void Silence_counts_as_a_failed_try_when_the_answer_is_overdue()
    {
        var attempts = new RequestAttempts(isUpdate: true, Policy);
        attempts.Begin();
        attempts.Sent(1_000).Should().Be(1_000 + Timing.AnswerMs);
        attempts.Tick(6_999).Should().BeNull();
        attempts.Tick(7_000).Should().Be(new AttemptStep(NextAct.Send, FrontEnd: 1));
        attempts.LastFailure.Should().Be(AttemptFailure.NoAnswer);
    }

    [Test]
    public void A_front_end_has_more_time_to_answer_than_it_takes_at_most() => Timing.AnswerMs.Should().BeGreaterThan(4_000);

    [TestCase("refused refused refused refused", true, ExitCode.Unavailable)]
    [TestCase("notSent notSent notSent", true, ExitCode.Unavailable)]
    [TestCase("refused short-notSent notSent refused", true, ExitCode.Unavailable)]
    [TestCase("lost refused refused refused", true, ExitCode.OutcomeUnknown)]
    [TestCase("refused refused refused lost", true, ExitCode.OutcomeUnknown)]
    [TestCase("lost notSent notSent notSent", true, ExitCode.OutcomeUnknown, Description = "what comes later does not unsend the first")]
    [TestCase("busy notSent notSent", true, ExitCode.OutcomeUnknown)]
    [TestCase("notSent notSent busy", true, ExitCode.OutcomeUnknown)]
    [TestCase("silent refused refused refused", true, ExitCode.OutcomeUnknown)]
    [TestCase("lost lost lost lost", false, ExitCode.Unavailable)]
    [TestCase("busy busy busy", false, ExitCode.Unavailable)]
    public void Giving_up_says_unavailable_only_if_nothing_can_have_taken_effect(string tries, bool isUpdate, int exitCode)
    {
        var attempts = new RequestAttempts(isUpdate, Policy);
        AttemptStep step = attempts.Begin();
        long now = 0;
        foreach (string what in tries.Split(' '))
        {
            if (step.Act == NextAct.Wait)
                step = attempts.Tick(now = step.UntilMs)!.Value;
            step.Act.Should().Be(NextAct.Send);
            step = Fail(attempts, what, now);
        }

        step.Should().Be(new AttemptStep(NextAct.GiveUp, ExitCode: exitCode));
        attempts.OutcomeUnknown.Should().Be(exitCode == ExitCode.OutcomeUnknown);
    }

    [Test]
    public void An_update_of_an_earlier_run_may_have_been_sent_by_it()
    {
        var attempts = new RequestAttempts(isUpdate: true, new RetryPolicy(0, 0), mayHaveTakenEffect: true);
        attempts.Begin();
        attempts.OutcomeUnknown.Should().BeTrue();
        attempts.NotConnected(0).Act.Should().Be(NextAct.Send, "the first new try is made at once, whatever --retries says");
        attempts.NotConnected(0).ExitCode.Should().Be(ExitCode.OutcomeUnknown);
    }

    [Test]
    public void The_outcome_is_unknown_while_an_update_is_on_its_way()
    {
        var attempts = new RequestAttempts(isUpdate: true, Policy);
        attempts.Begin();
        attempts.OutcomeUnknown.Should().BeFalse();
        attempts.Sent(0);
        attempts.OutcomeUnknown.Should().BeTrue();
        attempts.Answered(1, BusyNotSent);
        attempts.OutcomeUnknown.Should().BeFalse();
    }

    private static AttemptStep Fail(RequestAttempts attempts, string what, long now)
    {
        if (what == "refused")
            return attempts.NotConnected(now);
        attempts.Sent(now);
        return what switch
        {
            "lost" => attempts.ConnectionLost(now),
            "silent" => attempts.TimedOut(now),
            "busy" => attempts.Answered(now, Busy),
            "notSent" => attempts.Answered(now, BusyNotSent),
            "short-notSent" => attempts.Answered(now, ShortNotSent),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }
}
