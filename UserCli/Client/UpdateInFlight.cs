using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>An update that was begun and has no final answer yet: what to ask again, under the same ids, until it has one.</summary>
/// <param name="Group">The shop it was meant for: it must never reach another.</param>
/// <param name="Words">What it is, for people: <c>order of 2 × apple</c>.</param>
internal sealed record UpdateInFlight(string Group, ulong Sequence, RequestId RequestId, RequestKind Kind, ReadOnlyMemory<byte> Body, string Words)
{
    /// <summary>Whose group it is; null: a version that did not note it has begun it.</summary>
    public Endpoint? NameServer { get; init; }

    /// <summary>The shop itself; none: it was not known.</summary>
    public ClusterId Cluster { get; init; }

    /// <summary>As far as the address tells. Where the shop itself is known, its front end says at the connection whether it is that one.</summary>
    public bool MayBeFor(ShopAddress at) => Group == at.Group && (Cluster != ClusterId.None || NameServer is null || NameServer == at.NameServer);

    /// <summary>The wish repeats it: a person who types it again means this one.</summary>
    public bool Is(Wish wish, ShopAddress at) => Kind == wish.Kind && Group == at.Group && (Body.Span.SequenceEqual(wish.Body.Span) || IsSameOrder(wish));

    /// <summary>Prices may have changed since, and with them the total that was confirmed: it is the same order all the same.</summary>
    private bool IsSameOrder(Wish wish) =>
        Kind == RequestKind.PlaceOrder &&
        Decoding.TryRead(new ReadOnlySequence<byte>(Body), OrderDraft.Read, out OrderDraft? own) &&
        Decoding.TryRead(new ReadOnlySequence<byte>(wish.Body), OrderDraft.Read, out OrderDraft? other) &&
        own.Lines.SequenceEqual(other.Lines) && own.Delivery == other.Delivery && own.Tip == other.Tip;

    public UserRequest ToRequest(Profile profile) =>
        new(profile.User, profile.Key, Sequence, RequestId, Kind, new ReadOnlySequence<byte>(Body));
}

/// <summary>What a user wants of the shop, before anything is done about it.</summary>
/// <param name="RequestId">For an update, should it be begun; none for a retrieval.</param>
/// <param name="Words">What an update is, for people.</param>
/// <param name="IsAgain">It is meant once more, even if the same waits for its answer.</param>
internal sealed record Wish(RequestKind Kind, ReadOnlyMemory<byte> Body, RequestId RequestId, string Words = "", bool IsAgain = false)
{
    public UserRequest ToRetrieval(Profile profile) => new(profile.User, profile.Key, 0, RequestId.None, Kind, new ReadOnlySequence<byte>(Body));
}
