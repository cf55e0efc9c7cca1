using System.Buffers;
using JustHungry.Protocol.Messages;

namespace JustHungry.Benchmarks.Load;

/// <summary>
/// What the users of one link ask, and what they do with the answers. Each user has one request in flight. Owned by the link's thread.
/// </summary>
internal interface IConversation
{
    /// <summary>The user's next request; null if it has no more.</summary>
    UserRequest? Next(BenchUser user);

    /// <summary>The answer to the last one.</summary>
    /// <exception cref="BrokenPromiseException">It is not what it must be.</exception>
    void Answered(BenchUser user, in ReadOnlySequence<byte> answer);

    /// <summary>How long the answers of one read took. <paramref name="micros"/> is the caller's buffer.</summary>
    void Measured(ReadOnlySpan<int> micros);
}

/// <summary>The shop did not do what it said, or said something impossible.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
