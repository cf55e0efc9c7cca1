using System.Diagnostics.CodeAnalysis;

namespace JustHungry.Protocol.Rpc;

/// <summary>A rule that must hold whatever peers, users and disks do. A broken one stops the process: better dead than wrong.</summary>
public static class Invariant
{
    /// <exception cref="InvariantException">The rule does not hold.</exception>
    public static void Check([DoesNotReturnIf(false)] bool holds, string rule)
    {
        if (!holds)
            throw new InvariantException(rule);
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
