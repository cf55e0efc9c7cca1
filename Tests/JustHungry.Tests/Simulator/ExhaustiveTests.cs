using FluentAssertions;
using JustHungry.Simulator.Exhaustive;
using NUnit.Framework;

namespace JustHungry.Tests.Simulator;

[Category("Slow")]
[TestFixture]
public sealed class ExhaustiveTests
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(4);

    [TestCase("pair")]
    [TestCase("crash")]
    [TestCase("look")]
    [TestCase("join")]
    public void No_order_of_events_in_a_small_scope_breaks_an_invariant(string scope)
    {
        SearchResult result = new Search(Scope.Find(scope), int.MaxValue, AtMost).Run();

        TestContext.Out.WriteLine(result);
        result.Violation.Should().BeNull("\n" + string.Join('\n', result.Path));
        result.States.Should().BeGreaterThan(1_000, "a search that goes nowhere proves nothing");
    }
}
