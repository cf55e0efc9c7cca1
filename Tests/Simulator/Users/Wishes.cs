using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Users;

/// <summary>The wishes of users: a mix in which orders contend for little stock, and reads follow writes.</summary>
internal sealed class Wishes(Chance chance)
{
    public const string GoodPostcode = "YO10 5DD";
    public const string BadPostcode = "ZZ99 9ZZ";

    /// <summary>The scarce products of the sample catalogue, one that is out of stock, and one that does not exist.</summary>
    private static readonly string[] Products = ["bread", "kale", "apple", "bread", "kale", "apple", "flour", "caviar"];

    private readonly OwnerWishes _owners = new(chance);

    public Operation Next(UserProfile user, long nowUs)
    {
        if (user.Sequence == Sequence.None && !chance.OneIn(10))
            return Update(user, RequestKind.UserDetails, nowUs);

        if (user.IsOwner && chance.OneIn(2))
            return _owners.Next(user, nowUs);

        return chance.Below(100) switch
        {
            < 42 => Update(user, RequestKind.PlaceOrder, nowUs),
            < 60 => Update(user, RequestKind.Cancel, nowUs),
            < 65 => Update(user, RequestKind.UserDetails, nowUs),
            < 80 => Read(user, RequestKind.ProductList, nowUs),
            < 90 => Read(user, RequestKind.ViewOrders, nowUs),
            < 95 => Read(user, RequestKind.ViewActive, nowUs),
            < 98 => Read(user, RequestKind.ViewDetails, nowUs),
            _ => new Operation { User = user.Number, Kind = RequestKind.OrderCost, Draft = NewDraft(), InvokedUs = nowUs },
        };
    }

    public static Operation Read(UserProfile user, RequestKind kind, long nowUs) => new() { User = user.Number, Kind = kind, InvokedUs = nowUs };

    /// <summary>An order that every shop can fill, to prove progress after the faults.</summary>
    public Operation SmallOrder(UserProfile user, long nowUs) =>
        Update(user, RequestKind.PlaceOrder, nowUs, new OrderDraft([new CartLine("banana", 1)], Delivery.NextDay, Pence.Zero, null));

    public Operation Update(UserProfile user, RequestKind kind, long nowUs, OrderDraft? draft = null) => new()
    {
        User = user.Number,
        Kind = kind,
        Sequence = user.Sequence.Next,
        RequestId = new RequestId(chance.Id()),
        Details = kind == RequestKind.UserDetails ? NewDetails(user) : null,
        Draft = kind == RequestKind.PlaceOrder ? draft ?? NewDraft() : null,
        OrderId = kind == RequestKind.Cancel ? 1 + chance.Below(Math.Max(1, Math.Min(user.Placed + 1, 6))) : 0,
        InvokedUs = nowUs,
    };

    private CustomerDetails NewDetails(UserProfile user)
    {
        bool isFirst = user.Sequence == Sequence.None;
        string postcode = !isFirst && chance.OneIn(4) ? BadPostcode : GoodPostcode;
        string phone = !isFirst && chance.OneIn(8) ? "not a number" : "01904-320000";
        return new CustomerDetails("Name" + chance.Below(1000), "User" + user.Number, phone, postcode, "1 Street");
    }

    private OrderDraft NewDraft()
    {
        var lines = new List<CartLine>();
        for (int i = chance.OneIn(20) ? 0 : 1 + chance.Below(2); i > 0; i--)
        {
            string product = chance.Pick(Products);
            if (!lines.Exists(l => l.Product == product) || chance.OneIn(20))
                lines.Add(new CartLine(product, chance.OneIn(30) ? 0 : 1 + chance.Below(3)));
        }

        Pence? confirmed = chance.OneIn(10) ? new Pence(1) : null;
        return new OrderDraft(lines, chance.Pick(Deliveries.All), new Pence(50 * chance.Below(3)), confirmed);
    }
}
