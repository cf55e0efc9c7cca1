using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>RETIRE_PRODUCT, an owner's request: the product is no longer sold, but stays for the orders that contain it.</summary>
internal readonly record struct RetireProduct(string Product) : IUpdate<RetireProduct>
{
    public static bool IsOwners => true;

    public static RetireProduct Read(ref MessagePackReader reader) => new(OwnerBodies.ReadName(ref reader));

    public RefusalAnswer? FirstFault() => null;

    public Answer Decide(in UpdateContext context) =>
        context.Tables.Products.TryFind(Product, out int number)
            ? context.SetProduct(number, context.Tables.Products[number].ToProduct(), retired: true)
            : new RefusalAnswer(AnswerCode.UnknownProduct, Product: Product);
}
