using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>
/// ADD_PRODUCT, an owner's request. Always makes a new product, even under the name of a retired one, whose remaining or returned stock is
/// not for sale.
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
