using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace JustHungry.Protocol.Cores;

/// <summary>
/// A rule that must hold whatever peers, users and disks do. A broken one stops the process, since stopping is better than being wrong.
/// </summary>
public static class Invariant
{
    /// <exception cref="InvariantException">The rule does not hold.</exception>
    public static void Check([DoesNotReturnIf(false)] bool holds, string rule)
    {
        if (!holds)
            throw new InvariantException(rule);
    }

    /// <summary>The same, with a text that is built only when the rule does not hold.</summary>
    /// <exception cref="InvariantException">The rule does not hold.</exception>
    public static void Check([DoesNotReturnIf(false)] bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref RuleText rule)
    {
        if (!holds)
            throw new InvariantException(rule.ToStringAndClear());
    }

    /// <summary>What the compiler turns an interpolated string into for <see cref="Check(bool, ref RuleText)"/>.</summary>
    [InterpolatedStringHandler]
    public ref struct RuleText
    {
        private DefaultInterpolatedStringHandler _text;

        public RuleText(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = !holds;
            _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        internal string ToStringAndClear() => _text.ToStringAndClear();
    }
}

/// <summary>A broken invariant: a bug of ours, or a disk that lies.</summary>
public sealed class InvariantException : Exception
{
    public InvariantException(string message) : base(message)
    {
    }

    public InvariantException(string message, Exception inner) : base(message, inner)
    {
    }

    public InvariantException()
    {
    }
}
