using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>
/// ADD_PRODUCT, the owner's: a product of its own, also under the name of a retired one. What is left of that, and what is cancelled of
/// it, is not for sale.
/// </summary>
internal readonly record struct AddProduct(Product Product) : IUpdate<AddProduct>
{
    public static bool IsOwners => true;

    public static AddProduct Read(ref MessagePackReader reader) => new(Product.Read(ref reader));

    public RefusalAnswer? FirstFault() => Catalogue.FirstFault(Product);

    public Answer Decide(in UpdateContext context)
    {
        ProductTable products = context.Tables.Products;
        if (products.TryFind(Product.Name, out _))
            return new RefusalAnswer(AnswerCode.ProductExists, Product: Product.Name);
        return products.CountOnSale >= OrderLimits.ProductsMax ? new RefusalAnswer(AnswerCode.ShopFull) : context.SetProduct(products.Count, Product);
    }
}
