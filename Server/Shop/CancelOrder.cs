using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>CANCEL: gives the stock back, even that of retired products.</summary>
internal readonly record struct CancelOrder(int OrderId) : IUpdate<CancelOrder>
{
    public static CancelOrder Read(ref MessagePackReader reader) => new(RequestBodies.ReadOrderId(ref reader));

    public RefusalAnswer? FirstFault() => null;

    public Answer Decide(in UpdateContext context)
    {
        ShopTables tables = context.Tables;
        if (context.Asker.Customer is not { } customer)
            return new RefusalAnswer(AnswerCode.UnknownUser);
        if (!tables.TryFindOrder(customer, OrderId, out OrderRow row))
            return new RefusalAnswer(AnswerCode.UnknownOrder);
        return Cancel(context, row);
    }

    /// <summary>Whoever asks for it: the customer or the shop's owner.</summary>
    public static Answer Cancel(in UpdateContext context, in OrderRow row)
    {
        if (row.Status != OrderStatus.Active)
            return new RefusalAnswer(row.Status == OrderStatus.Cancelled ? AnswerCode.AlreadyCancelled : AnswerCode.AlreadyDelivered);

        ShopTables tables = context.Tables;
        foreach (OrderRowLine line in row.Lines)
            context.Effects.SetStock(line.Product, checked(tables.Products[line.Product].Stock + line.Quantity));
        context.Effects.SetOrderStatus(row.Number, row.User, row.OrderId, OrderStatus.Cancelled);
        return new OrderAnswer(tables.ToOrder(row with { Status = OrderStatus.Cancelled }));
    }
}
