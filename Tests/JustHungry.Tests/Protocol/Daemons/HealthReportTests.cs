using FluentAssertions;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Health;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Daemons;

/// <summary>What /healthz and /readyz answer.</summary>
internal sealed class HealthReportTests
{
    [Test]
    public void A_shop_that_takes_no_orders_is_alive_and_not_ready()
    {
        var health = new HealthReport(new ManualTime());
        health.Serves();
        health.Report(Verdict.Ok);
        (health.Live(), health.Ready()).Should().Be(((200, "OK"), (200, "OK")));

        health.Report(new Verdict(Standing.Degraded, "3 does not answer", "start it"));
        health.Ready().Should().Be((200, "DEGRADED: 3 does not answer - start it"));

        health.Report(new Verdict(Standing.NotTakingOrders, "no front end answers", ""));
        health.Live().Should().Be((200, "NOT TAKING ORDERS: no front end answers"), "to restart this process would not help");
        health.Ready().Should().Be((503, "NOT TAKING ORDERS: no front end answers"));
    }

    [Test]
    public void A_loop_that_does_not_answer_for_five_seconds_hangs()
    {
        var time = new ManualTime();
        var health = new HealthReport(time);
        health.Serves();
        health.Report(Verdict.Ok);
        time.Advance(HealthReport.AnswersWithin);
        health.Live().Status.Should().Be(200);

        time.Advance(TimeSpan.FromSeconds(1));
        health.Live().Should().Be((503, "HANGS: nothing was done for 6 s"));
        health.Ready().Status.Should().Be(503);

        health.Answered();
        health.Live().Status.Should().Be(200);
    }

    [Test]
    public void A_process_that_does_not_end_after_its_loop_hangs()
    {
        var time = new ManualTime();
        var health = new HealthReport(time);
        health.Serves();
        health.Stops();
        time.Advance(HealthReport.StopsWithin);
        health.Live().Status.Should().Be(200);

        time.Advance(TimeSpan.FromSeconds(1));
        health.Live().Should().Be((503, "HANGS: nothing was done for 31 s"));
    }

    [Test]
    public void A_long_start_does_not_hang_and_is_not_ready()
    {
        var time = new ManualTime();
        var health = new HealthReport(time);
        time.Advance(TimeSpan.FromMinutes(2));
        health.Live().Should().Be((200, "STARTING: for 120 s so far"), "to restart a server that recovers its disk would make it begin again");
        health.Ready().Should().Be((503, "STARTING: for 120 s so far"), "it does not even listen");

        health.Serves();
        health.Ready().Should().Be((503, "STARTING: for 0 s so far"), "it has not looked at the shop yet");
        health.Report(Verdict.Ok);
        health.Ready().Should().Be((200, "OK"));
    }

    [Test]
    public void A_process_that_stops_or_begins_anew_does_not_hang_and_is_not_ready()
    {
        var time = new ManualTime();
        var health = new HealthReport(time);
        health.Serves();
        health.Report(Verdict.Ok);

        health.Stops();
        time.Advance(TimeSpan.FromSeconds(9));
        (health.Live(), health.Ready()).Should().Be(((200, "STOPPING: for 9 s so far"), (503, "STOPPING: for 9 s so far")));

        health.Starts();
        time.Advance(TimeSpan.FromSeconds(9));
        (health.Live(), health.Ready()).Should().Be(((200, "STARTING: for 9 s so far"), (503, "STARTING: for 9 s so far")));
    }

    [Test]
    public void A_loop_that_never_answers_hangs()
    {
        var time = new ManualTime();
        var health = new HealthReport(time);
        health.Serves();
        time.Advance(TimeSpan.FromSeconds(6));
        health.Live().Should().Be((503, "HANGS: nothing was done for 6 s"));
    }
}
