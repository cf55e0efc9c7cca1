using FluentAssertions;
using FluentAssertions.Primitives;

namespace JustHungry.Tests.UserCli.Support;

internal static class StringAssertionsExtensions
{
    /// <summary>Each part stands after the one before.</summary>
    public static void ContainInOrder(this StringAssertions text, params string[] parts)
    {
        int from = 0;
        foreach (string part in parts)
        {
            int found = text.Subject.IndexOf(part, from, StringComparison.Ordinal);
            found.Should().BeGreaterThanOrEqualTo(0, "'{0}' should follow in {1}", part, text.Subject);
            from = found + part.Length;
        }
    }
}
