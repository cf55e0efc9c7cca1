using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>
/// Who the user is, and how far the user's updates have come. Immutable: each change makes a new profile, which is to be saved. Its rule:
/// each sequence number is given to one update only, so it never stands for another update later.
/// </summary>
/// <param name="NextSequence">The sequence number of the next update.</param>
/// <param name="Details">The details that a shop last accepted. They are offered again to a shop that does not know the user.</param>
/// <param name="Shops">The shops that have answered, the most recent one first.</param>
internal sealed record Profile(
    UserId User, UserKey Key, Sequence NextSequence, CustomerDetails? Details, IReadOnlyList<KnownShop> Shops, UpdateInFlight? InFlight)
{
    /// <summary>If there are more, those unused for longest are forgotten: what is known of a shop is only a convenience.</summary>
    public const int ShopsMax = 8;

    /// <summary>What was in the cart when the menus ended without placing it.</summary>
    public SavedCart? Cart { get; init; }

    public static Profile New(UserId user, UserKey key) => new(user, key, Sequence.None.Next, null, [], null);

    /// <summary>Begins an update. The result must be on disk before anything is sent.</summary>
    /// <param name="cluster">The shop that will be asked; none if the front end did not say.</param>
    public Profile Begin(ShopAddress at, ClusterId cluster, Wish wish)
    {
        Invariant.Check(InFlight is null, "an update begins only after the one before has its answer");
        Invariant.Check(wish.Kind.IsUpdate(), "only updates are kept");
        return this with
        {
            NextSequence = NextSequence.Next,
            InFlight = new UpdateInFlight(at.Group, NextSequence, wish.RequestId, wish.Kind, wish.Body, wish.Words) { Door = at.Door, Cluster = cluster },
        };
    }

    /// <summary>The update in flight has its final answer.</summary>
    public Profile Settle(Answer answer) => this with { InFlight = null, Details = answer is DetailsAnswer saved ? saved.Details : Details };

    /// <summary>
    /// The update in flight was never sent, or the user no longer wants to know what became of it. Its sequence number is not used again.
    /// </summary>
    public Profile Forget() => this with { InFlight = null };

    public KnownShop? ShopAt(ShopAddress at) => Shops.FirstOrDefault(s => s.At == at);

    /// <summary>Remembers a shop that has answered.</summary>
    public Profile Know(KnownShop shop) => this with { Shops = [shop, .. Shops.Where(s => s.At != shop.At).Take(ShopsMax - 1)] };

    public bool Knows(KnownShop shop) => Shops is [var last, ..] && last.Equals(shop);

    /// <summary>Never the key, since this string may end up in a log.</summary>
    public override string ToString() => $"profile of {User}";
}

/// <summary>A cart that was not ordered, and the shop whose products it holds.</summary>
internal sealed record SavedCart(ShopAddress At, IReadOnlyList<CartLine> Lines);
