using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>An update that was begun and has no final answer yet. It is asked again, under the same ids, until it has one.</summary>
/// <param name="Group">The group of the shop that it is meant for; it must never reach another shop.</param>
/// <param name="Words">What it is, for people: <c>order of 2 × apple</c>.</param>
internal sealed record UpdateInFlight(string Group, Sequence Sequence, RequestId RequestId, RequestKind Kind, ReadOnlyMemory<byte> Body, string Words)
{
    /// <summary>Where the group was found; null if the update was begun by a version that did not note it.</summary>
    public Endpoint? Door { get; init; }

    /// <summary>Identifies the shop itself; none if that was not known.</summary>
    public ClusterId Cluster { get; init; }

    /// <summary>
    /// Whether it may be meant for the shop at this address. If the shop itself is known, the front end's hello then says whether it is
    /// the right one.
    /// </summary>
    public bool MayBeFor(ShopAddress at) => Group == at.Group && (Cluster != ClusterId.None || Door is null || Door == at.Door);

    /// <summary>True if the wish repeats this update: a person who types the same again means this one.</summary>
    public bool Is(Wish wish, ShopAddress at) => Kind == wish.Kind && Group == at.Group && (Body.Span.SequenceEqual(wish.Body.Span) || IsSameOrder(wish));

    /// <summary>It is the same order even if prices have changed since, and with them the confirmed total.</summary>
    private bool IsSameOrder(Wish wish) =>
        Kind == RequestKind.PlaceOrder &&
        Decoding.TryRead(new ReadOnlySequence<byte>(Body), OrderDraft.Read, out OrderDraft? own) &&
        Decoding.TryRead(new ReadOnlySequence<byte>(wish.Body), OrderDraft.Read, out OrderDraft? other) &&
        own.Lines.SequenceEqual(other.Lines) && own.Delivery == other.Delivery && own.Tip == other.Tip;

    public UserRequest ToRequest(Profile profile) =>
        new(profile.User, profile.Key, Sequence, RequestId, Kind, new ReadOnlySequence<byte>(Body));
}

/// <summary>What a user wants of the shop, before anything is done about it.</summary>
/// <param name="RequestId">The id that an update gets if it is begun; none for a retrieval.</param>
/// <param name="Words">What an update is, for people.</param>
/// <param name="IsAgain">The user wants it once more, even if the same update is waiting for its answer.</param>
internal sealed record Wish(RequestKind Kind, ReadOnlyMemory<byte> Body, RequestId RequestId, string Words = "", bool IsAgain = false)
{
    public UserRequest ToRetrieval(Profile profile) => new(profile.User, profile.Key, Sequence.None, RequestId.None, Kind, new ReadOnlySequence<byte>(Body));
}
