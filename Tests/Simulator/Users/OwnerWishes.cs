using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Users;

/// <summary>
/// The wishes of the shop's owners: to restock, price, retire and add again the same scarce products that are being ordered, and to
/// complete or cancel orders that their users may just be cancelling. Bananas are left alone, because they prove progress after the faults.
/// </summary>
internal sealed class OwnerWishes(Chance chance)
{
    private static readonly string[] Products = ["bread", "kale", "apple", "bread", "flour", "caviar"];
    private static readonly long[] Prices = [99, 199, 225, 300];

    public Operation Next(UserProfile user, long nowUs) => chance.Below(100) switch
    {
        < 30 => Update(user, RequestKind.Restock, nowUs, chance.OneIn(20) ? 0 : 1 + chance.Below(3)),
        < 45 => Update(user, RequestKind.SetPrice, nowUs, 0),
        < 53 => Update(user, RequestKind.RetireProduct, nowUs, 0),
        < 68 => Update(user, RequestKind.AddProduct, nowUs, chance.Below(4)),
        < 77 => Update(user, RequestKind.CompleteOrder, nowUs, 0),
        < 84 => Update(user, RequestKind.CancelForUser, nowUs, 0),
        < 95 => Look(user, RequestKind.ShopOrders, nowUs),
        _ => Look(user, RequestKind.ShopReport, nowUs),
    };

    private Operation Update(UserProfile user, RequestKind kind, long nowUs, int quantity) => new()
    {
        User = user.Number,
        Kind = kind,
        Sequence = user.Sequence.Next,
        RequestId = new RequestId(chance.Id()),
        OwnerKey = Key(),
        Product = kind is RequestKind.CompleteOrder or RequestKind.CancelForUser ? default : new Product(
            chance.Pick(Products), quantity, kind is RequestKind.AddProduct or RequestKind.SetPrice ? new Pence(chance.Pick(Prices)) : Pence.Zero),
        Target = kind is RequestKind.CompleteOrder or RequestKind.CancelForUser ? Target(user) : default,
        InvokedUs = nowUs,
    };

    private Operation Look(UserProfile user, RequestKind kind, long nowUs) =>
        new() { User = user.Number, Kind = kind, OwnerKey = Key(), ActiveOnly = chance.OneIn(2), InvokedUs = nowUs };

    private OwnerKey Key() => chance.OneIn(20) ? ShopOwner.WrongKey : ShopOwner.Key;

    /// <summary>
    /// An order that the owner has seen, which may be cancelled or delivered by now, or one of the owner's own, which may not exist.
    /// </summary>
    private OrderOfUser Target(UserProfile user) =>
        user.ToCook.Count > 0 && !chance.OneIn(4) ? chance.Pick(user.ToCook) : new OrderOfUser(user.Id, 1 + chance.Below(Math.Max(1, user.Placed + 1)));
}
