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
        time.Advance(HealthReport.AnswersWithin);
        health.Live().Status.Should().Be(200);

        time.Advance(TimeSpan.FromSeconds(1));
        health.Live().Should().Be((503, "HANGS: nothing was done for 6 s"));
        health.Ready().Status.Should().Be(503);

        health.Answered();
        health.Live().Status.Should().Be(200);
    }
}
