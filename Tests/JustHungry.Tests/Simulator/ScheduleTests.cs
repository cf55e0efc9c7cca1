using FluentAssertions;
using JustHungry.Simulator;
using NUnit.Framework;

namespace JustHungry.Tests.Simulator;

[Category("Slow")]
[TestFixture]
public sealed class ScheduleTests
{
    private const int Seeds = 2_000;

    [Test]
    public void Nothing_acknowledged_is_lost_doubled_or_stale_in_two_thousand_schedules()
    {
        Summary summary = Campaign.Run(first: 1, Seeds);

        TestContext.Out.WriteLine(summary);
        TestContext.Out.WriteLine(summary.Rare);
        summary.Violations.Select(v => $"{v.Violation}\nrepeat it with: dotnet run --project Tests/Simulator -- --seed {v.Seed} --trace").Should().BeEmpty();
        summary.Updates.Should().BeGreaterThan(Seeds * 5L, "schedules in which nobody orders prove nothing");
        summary.Views.Should().BeGreaterThan(Seeds * 3L, "and so do those in which no view changes");
        summary.Rare.NeverTaken.Should().BeEmpty("what is never reached is never tested");
    }

    [Test]
    public void A_seed_takes_one_course()
    {
        Outcome once = Schedule.Run(4711, keepLines: false);
        Outcome again = Schedule.Run(4711, keepLines: true);

        again.Hash.Should().Be(once.Hash, "keeping the lines of a trace must not change what happens");
        Schedule.Run(4712, keepLines: false).Hash.Should().NotBe(once.Hash);
    }
}
