using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;

namespace JustHungry.Tests.Server.Shop;

public sealed partial class OwningTheShop
{
    private static UserRequest Add(User user, Product product) => user.Update(RequestKind.AddProduct, OwnerBodies.Write(Key, product, Product.Write));

    private static UserRequest Price(User user, string name, long pence) =>
        user.Update(RequestKind.SetPrice, OwnerBodies.Write(Key, new NewPrice(name, new Pence(pence)), NewPrice.Write));

    private static UserRequest Restock(User user, string name, int quantity, OwnerKey? key = null) =>
        user.Update(RequestKind.Restock, OwnerBodies.Write(key ?? Key, new CartLine(name, quantity), CartLine.Write));

    private static UserRequest Retire(User user, string name) => user.Update(RequestKind.RetireProduct, OwnerBodies.Write(Key, name, OwnerBodies.WriteName));

    private static UserRequest Complete(User user, User whose, int orderId) =>
        user.Update(RequestKind.CompleteOrder, OwnerBodies.Write(Key, new OrderOfUser(whose.Id, orderId), OrderOfUser.Write));

    private static UserRequest CancelFor(User user, User whose, int orderId) =>
        user.Update(RequestKind.CancelForUser, OwnerBodies.Write(Key, new OrderOfUser(whose.Id, orderId), OrderOfUser.Write));

    private static UserRequest Rotate(User user, OwnerKey next) =>
        user.Update(RequestKind.RotateOwnerKey, OwnerBodies.Write(Key, KeyHash.Of(next), OwnerBodies.WriteHash));

    private static UserRequest Orders(User user, ulong after, bool activeOnly, OwnerKey? key = null) =>
        user.Retrieval(RequestKind.ShopOrders, OwnerBodies.Write(key ?? Key, new ShopOrdersQuery(new OrderNumber(after), activeOnly), ShopOrdersQuery.Write));

    private static UserRequest Report(User user, ulong after, long since, OwnerKey? key = null) =>
        user.Retrieval(RequestKind.ShopReport, OwnerBodies.Write(key ?? Key, new ShopReportQuery(new OrderNumber(after), since), ShopReportQuery.Write));

    private static int ActiveIn(ShopState shop)
    {
        Execution looked = shop.Execute(Orders(Owner, 0, activeOnly: true), PostcodeVerdict.NotAsked, 0);
        return ((ShopOrdersAnswer)Answer.Read(new ReadOnlySequence<byte>(looked.Answer))).Orders.Count;
    }

    private static RecordedTables Record(ShopState shop)
    {
        var tables = new RecordedTables();
        shop.WriteTo(tables);
        return tables;
    }
}
