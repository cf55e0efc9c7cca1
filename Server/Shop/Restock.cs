using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>RESTOCK, an owner's request: adds to a product's stock.</summary>
internal readonly record struct Restock(string Product, int Quantity) : IUpdate<Restock>
{
    public static bool IsOwners => true;

    public static Restock Read(ref MessagePackReader reader)
    {
        CartLine more = CartLine.Read(ref reader);
        return new Restock(more.Product, more.Quantity);
    }

    public RefusalAnswer? FirstFault() => Quantity is < 1 or > OrderLimits.StockMax ? Catalogue.Invalid("quantity") : null;

    public Answer Decide(in UpdateContext context)
    {
        ProductTable products = context.Tables.Products;
        if (!products.TryFind(Product, out int number))
            return new RefusalAnswer(AnswerCode.UnknownProduct, Product: Product);

        int stock = products[number].Stock;
        if (Quantity > OrderLimits.StockMax - stock)
            return Catalogue.Invalid("quantity");

        context.Effects.SetStock(number, stock + Quantity);
        return new ProductAnswer(products[number].ToProduct() with { Stock = stock + Quantity });
    }
}
