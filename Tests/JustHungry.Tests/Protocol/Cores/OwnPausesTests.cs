using FluentAssertions;
using JustHungry.Protocol.Cores;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Cores;

public sealed class OwnPausesTests
{
    [Test]
    public void Only_a_tick_that_comes_late_tells_of_a_pause_and_of_its_whole_length()
    {
        var pauses = new OwnPauses();

        pauses.LostMs(new Now(5_000, 0)).Should().Be(0, "nothing is known before the first tick");
        pauses.LostMs(new Now(5_000 + Timing.TickMs, 0)).Should().Be(0);
        pauses.LostMs(new Now(5_300 + Timing.TickMs, 0)).Should().Be(300);
        pauses.LostMs(new Now(5_300 + (2 * Timing.TickMs), 0)).Should().Be(0);
    }
}
