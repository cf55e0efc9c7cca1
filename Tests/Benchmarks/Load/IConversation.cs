using System.Buffers;
using JustHungry.Protocol.Messages;

namespace JustHungry.Benchmarks.Load;

/// <summary>What the users of one link ask and how they take the answers. Each user has one request in flight. Owned by the link's thread.</summary>
internal interface IConversation
{
    /// <summary>The user's next request; null: it has no more.</summary>
    UserRequest? Next(BenchUser user);

    /// <summary>The answer to the last one.</summary>
    /// <exception cref="BrokenPromiseException">It is not what it must be.</exception>
    void Answered(BenchUser user, in ReadOnlySequence<byte> answer);

    /// <summary>A whole read's answers took so long; <paramref name="micros"/> is the caller's buffer.</summary>
    void Measured(ReadOnlySpan<int> micros);
}

/// <summary>The shop did not do what it said, or said what cannot be.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
