using FluentAssertions;
using JustHungry.Server.Hosting;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Hosting;

internal sealed class RehearsalTests
{
    [Test]
    public void Both_scratch_replicas_lead_and_commit_orders()
    {
        // 2 ViewStarted, the opening, and 40 updates in each of the two epochs
        Rehearsal.Run().Should().Be(2 + 1 + (2 * 40));
    }
}
