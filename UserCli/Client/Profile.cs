using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;

namespace JustHungry.UserCli.Client;

/// <summary>
/// Who the user is, and how far the user's updates have come. Immutable: each change makes the profile to be saved. Its rule: a
/// sequence is given to one update only, so one that was begun is never another one later.
/// </summary>
/// <param name="NextSequence">What the next update will carry; from 1.</param>
/// <param name="Details">What the shop last accepted: offered again to a shop that does not know the user.</param>
/// <param name="Group">The shop last used, whose front ends were <paramref name="FrontEnds"/>: tried when the name server is away.</param>
internal sealed record Profile(
    UserId User, UserKey Key, ulong NextSequence, CustomerDetails? Details, string? Group, IReadOnlyList<Endpoint> FrontEnds, UpdateInFlight? InFlight)
{
    public static Profile New(UserId user, UserKey key) => new(user, key, 1, null, null, [], null);

    /// <summary>An update begins: to be on disk before anything is sent.</summary>
    public Profile Begin(string group, RequestId id, RequestKind kind, ReadOnlyMemory<byte> body, string words)
    {
        Invariant.Check(InFlight is null, "an update begins only after the one before has its answer");
        Invariant.Check(kind.IsUpdate(), "only updates are kept");
        return this with { NextSequence = NextSequence + 1, InFlight = new UpdateInFlight(group, NextSequence, id, kind, body, words) };
    }

    /// <summary>The update in flight has its final answer.</summary>
    public Profile Settle(Answer answer) => this with { InFlight = null, Details = answer is DetailsAnswer saved ? saved.Details : Details };

    /// <summary>The update in flight was never sent, or the user gives up knowing what came of it. Its sequence stays used.</summary>
    public Profile Forget() => this with { InFlight = null };

    public bool Remembers(string group, IReadOnlyList<Endpoint> frontEnds) => Group == group && FrontEnds.SequenceEqual(frontEnds);

    /// <summary>Never the key: this string may end in a log.</summary>
    public override string ToString() => $"profile of {User}";
}
