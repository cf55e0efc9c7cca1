using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>COMPLETE_ORDER, an owner's request: a customer's order was delivered.</summary>
internal readonly record struct CompleteOrder(UserId User, int OrderId) : IUpdate<CompleteOrder>
{
    public static bool IsOwners => true;

    public static CompleteOrder Read(ref MessagePackReader reader)
    {
        OrderOfUser order = OrderOfUser.Read(ref reader);
        return new CompleteOrder(order.User, order.OrderId);
    }

    public RefusalAnswer? FirstFault() => null;

    public Answer Decide(in UpdateContext context)
    {
        ShopTables tables = context.Tables;
        if (tables.FindCustomer(User) is not { } customer || !tables.TryFindOrder(customer, OrderId, out OrderRow row))
            return new RefusalAnswer(AnswerCode.UnknownOrder, Field: "user");
        if (row.Status != OrderStatus.Active)
            return new RefusalAnswer(row.Status == OrderStatus.Cancelled ? AnswerCode.AlreadyCancelled : AnswerCode.AlreadyDelivered);

        context.Effects.SetOrderStatus(row.Number, User, OrderId, OrderStatus.Delivered);
        return new OrderAnswer(tables.ToOrder(row with { Status = OrderStatus.Delivered }));
    }
}
