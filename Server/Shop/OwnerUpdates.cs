using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>
/// Decides what the shop's owner asks for, once the key was found right: reads the tables, writes the change as effects, and never
/// changes the tables itself.
/// </summary>
internal sealed class OwnerUpdates(ShopTables tables, EffectWriter effects)
{
    /// <summary>Reads the content of an owner's update, and checks all that can be checked without looking at the shop.</summary>
    /// <param name="request">Its body without the owner's key.</param>
    /// <returns>The refusal, which depends on the request alone and therefore needs no entry; or null.</returns>
    public static RefusalAnswer? Read(in UserRequest request, out UpdateBody body)
    {
        OwnerUpdate? update = request.Kind switch
        {
            RequestKind.AddProduct when Decoding.TryRead(request.Body, Product.Read, out Product added) => new(request.Kind, added, default),
            RequestKind.SetPrice when Decoding.TryRead(request.Body, NewPrice.Read, out NewPrice price) =>
                new(request.Kind, new Product(price.Product, 0, price.Price), default),
            RequestKind.Restock when Decoding.TryRead(request.Body, CartLine.Read, out CartLine more) =>
                new(request.Kind, new Product(more.Product, more.Quantity, Pence.Zero), default),
            RequestKind.RetireProduct when Decoding.TryRead(request.Body, OwnerBodies.ReadName, out string? name) =>
                new(request.Kind, new Product(name, 0, Pence.Zero), default),
            RequestKind.CompleteOrder when Decoding.TryRead(request.Body, OrderOfUser.Read, out OrderOfUser order) => new(request.Kind, default, order),
            _ => null,
        };
        body = new UpdateBody(null, null, 0, update);
        return update is null ? Cart.InvalidOrder("body") : FirstFault(update) is { } field ? Invalid(field) : null;
    }

    public Answer Decide(OwnerUpdate update) => update.Kind switch
    {
        RequestKind.AddProduct => Add(update.Product),
        RequestKind.CompleteOrder => Complete(update.Order),
        _ => tables.Products.TryFind(update.Product.Name, out int number)
            ? Change(number, update)
            : new RefusalAnswer(AnswerCode.UnknownProduct, Product: update.Product.Name),
    };

    private static string? FirstFault(OwnerUpdate update) => update.Kind switch
    {
        RequestKind.AddProduct or RequestKind.SetPrice => Catalogue.FieldAtFault(update.Product),
        RequestKind.Restock when update.Product.Stock is < 1 or > OrderLimits.StockMax => "quantity",
        _ => null,
    };

    private static RefusalAnswer Invalid(string field) => new(AnswerCode.InvalidProduct, Field: field);

    /// <summary>A product of its own, also under the name of a retired one: what is left of that, and what is cancelled of it, is not for sale.</summary>
    private Answer Add(Product product)
    {
        if (tables.Products.TryFind(product.Name, out _))
            return new RefusalAnswer(AnswerCode.ProductExists, Product: product.Name);
        return tables.Products.CountOnSale >= OrderLimits.ProductsMax ? new RefusalAnswer(AnswerCode.ShopFull) : Set(tables.Products.Count, product);
    }

    /// <summary>A product that is on sale.</summary>
    private Answer Change(int number, OwnerUpdate update) => update.Kind switch
    {
        RequestKind.SetPrice => Set(number, tables.Products[number].ToProduct() with { Price = update.Product.Price }),
        RequestKind.Restock => Restock(number, update.Product.Stock),
        RequestKind.RetireProduct => Set(number, tables.Products[number].ToProduct(), retired: true),
        _ => throw new ArgumentOutOfRangeException(nameof(update)),
    };

    private Answer Restock(int number, int quantity)
    {
        int stock = tables.Products[number].Stock;
        if (quantity > OrderLimits.StockMax - stock)
            return Invalid("quantity");

        effects.SetStock(number, stock + quantity);
        return new ProductAnswer(tables.Products[number].ToProduct() with { Stock = stock + quantity });
    }

    private ProductAnswer Set(int number, Product product, bool retired = false)
    {
        effects.SetProduct(number, product, retired);
        return new ProductAnswer(product);
    }

    private Answer Complete(OrderOfUser order)
    {
        if (tables.FindCustomer(order.User) is not { } customer || order.OrderId < 1 || order.OrderId > customer.Orders.Count)
            return new RefusalAnswer(AnswerCode.UnknownOrder, Field: "user");

        OrderRow row = tables.Orders.RowOf(customer.Orders[order.OrderId - 1], order.User);
        if (row.Status != OrderStatus.Active)
            return new RefusalAnswer(row.Status == OrderStatus.Cancelled ? AnswerCode.AlreadyCancelled : AnswerCode.AlreadyDelivered);

        effects.SetOrderStatus(row.Number, order.User, order.OrderId, OrderStatus.Delivered);
        return new OrderAnswer(tables.ToOrder(row with { Status = OrderStatus.Delivered }));
    }
}

/// <summary>What the owner asks for.</summary>
/// <param name="Product">What its kind speaks of: the name always, the stock as how many are added, the price.</param>
/// <param name="Order">For CompleteOrder.</param>
internal sealed record OwnerUpdate(RequestKind Kind, Product Product, OrderOfUser Order);
