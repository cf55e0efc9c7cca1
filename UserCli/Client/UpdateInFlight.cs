using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.UserCli.Client;

/// <summary>An update that was begun and has no final answer yet: what to ask again, under the same ids, until it has one.</summary>
/// <param name="Group">The shop it was meant for: it must never reach another.</param>
/// <param name="Words">What it is, for people: <c>order of 2 × apple</c>.</param>
internal sealed record UpdateInFlight(string Group, ulong Sequence, RequestId RequestId, RequestKind Kind, ReadOnlyMemory<byte> Body, string Words)
{
    public UserRequest ToRequest(Profile profile) =>
        new(profile.User, profile.Key, Sequence, RequestId, Kind, new ReadOnlySequence<byte>(Body));
}
