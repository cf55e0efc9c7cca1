using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>CANCEL_FOR_USER, an owner's request: a customer's order can't be made. The stock is given back as when customers cancel.</summary>
internal readonly record struct CancelForUser(UserId User, int OrderId) : IUpdate<CancelForUser>
{
    public static bool IsOwners => true;

    public static CancelForUser Read(ref MessagePackReader reader)
    {
        OrderOfUser order = OrderOfUser.Read(ref reader);
        return new CancelForUser(order.User, order.OrderId);
    }

    public RefusalAnswer? FirstFault() => null;

    public Answer Decide(in UpdateContext context) =>
        context.Tables.FindCustomer(User) is { } customer && context.Tables.TryFindOrder(customer, OrderId, out OrderRow row)
            ? CancelOrder.Cancel(context, row)
            : new RefusalAnswer(AnswerCode.UnknownOrder, Field: "user");
}
