using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>SET_PRICE, an owner's request: what a product costs from now on.</summary>
internal readonly record struct SetPrice(string Product, Pence Price) : IUpdate<SetPrice>
{
    public static bool IsOwners => true;

    public static SetPrice Read(ref MessagePackReader reader)
    {
        NewPrice price = NewPrice.Read(ref reader);
        return new SetPrice(price.Product, price.Price);
    }

    public RefusalAnswer? FirstFault() => Catalogue.FirstFault(new Product(Product, 0, Price));

    public Answer Decide(in UpdateContext context) =>
        context.Tables.Products.TryFind(Product, out int number)
            ? context.SetProduct(number, context.Tables.Products[number].ToProduct() with { Price = Price })
            : new RefusalAnswer(AnswerCode.UnknownProduct, Product: Product);
}
