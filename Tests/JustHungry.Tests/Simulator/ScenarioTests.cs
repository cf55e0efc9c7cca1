using FluentAssertions;
using JustHungry.Simulator.Scenarios;
using NUnit.Framework;

namespace JustHungry.Tests.Simulator;

/// <summary>The interleavings that an unsafe reading of the rules gets wrong, one by one: random walks meet some of them too rarely.</summary>
[TestFixture]
public sealed class ScenarioTests
{
    private static IEnumerable<TestCaseData> Names => Scenario.All.Select(s => new TestCaseData(s.Name).SetName(s.Name));

    [TestCaseSource(nameof(Names))]
    public void Plays_as_it_must(string name) => Scenario.All.Single(s => s.Name == name).Run().Should().BeNull();
}
