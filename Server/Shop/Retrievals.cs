using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>Answers the requests that change nothing.</summary>
internal sealed class Retrievals(ShopTables tables)
{
    // An answer must fit in a frame. These are the most bytes MessagePack needs for an order's own fields, and for a line without its
    // product's name.
    private const int AnswerBytesMax = FrameLimits.PayloadBytesMax;
    public const int OrderBytes = 48;
    private const int LineBytes = 24;

    /// <param name="customer">Null if the shop does not know the user, or the key is wrong.</param>
    public Answer Find(in UserRequest request, Customer? customer) => request.Kind switch
    {
        RequestKind.ProductList when BodyReader.IsNone(request) => new ProductsAnswer(ProductsOnSale()),
        RequestKind.OrderCost when BodyReader.TryReadLines(request, out CartLine[]? lines) => CostOf(lines),
        RequestKind.ViewDetails when BodyReader.IsNone(request) =>
            customer?.Details is { } details ? new DetailsAnswer(details) : new RefusalAnswer(AnswerCode.UnknownUser),
        RequestKind.ViewOrders when BodyReader.TryReadOrderId(request, out int after) =>
            customer is null ? new RefusalAnswer(AnswerCode.UnknownUser) : List(customer, after, activeOnly: false),
        RequestKind.ViewActive when BodyReader.TryReadOrderId(request, out int after) =>
            customer is null ? new RefusalAnswer(AnswerCode.UnknownUser) : List(customer, after, activeOnly: true),
        _ => Cart.InvalidOrder("body"),
    };

    private List<Product> ProductsOnSale()
    {
        var onSale = new List<Product>(tables.Products.Count);
        for (int i = 0; i < tables.Products.Count; i++)
        {
            ProductRow row = tables.Products[i];
            if (!row.Retired)
                onSale.Add(row.ToProduct());
        }

        return onSale;
    }

    private Answer CostOf(CartLine[] cart)
    {
        RefusalAnswer? refusal = Cart.FirstFault(cart);
        if (refusal is not null)
            return refusal;
        refusal = Cart.Price(cart, tables.Products, out OrderRowLine[] priced, out Pence total);
        if (refusal is not null)
            return refusal;

        var lines = new OrderLine[cart.Length];
        for (int i = 0; i < lines.Length; i++)
            lines[i] = new OrderLine(cart[i].Product, cart[i].Quantity, priced[i].Price);
        return new CostAnswer(lines, total);
    }

    private OrdersAnswer List(Customer customer, int after, bool activeOnly)
    {
        var orders = new List<Order>();
        int bytes = 0;
        int id = Math.Clamp(after, 0, customer.Orders.Count);
        while (activeOnly ? customer.ActiveOrders.TryGetNext(id, out id) : ++id <= customer.Orders.Count)
        {
            int place = customer.Orders[id - 1];
            bytes += BytesOf(tables, place);
            if (orders.Count == OrderLimits.OrdersPerAnswer || bytes > AnswerBytesMax)
                return new OrdersAnswer(orders, More: true);
            orders.Add(tables.ToOrder(tables.Orders.RowOf(place, customer.User)));
        }

        return new OrdersAnswer(orders, More: false);
    }

    /// <summary>At most how many bytes an order adds to an answer.</summary>
    public static int BytesOf(ShopTables tables, int place)
    {
        int bytes = OrderBytes;
        for (int i = 0; i < tables.Orders.LineCountOf(place); i++)
            bytes += LineBytes + tables.Products[tables.Orders.LineOf(place, i).Product].NameBytes;
        return bytes;
    }
}
