using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>Decides the updates: reads the tables, writes the change as effects, and never changes the tables itself.</summary>
internal sealed class Updates(ShopTables tables, EffectWriter effects)
{
    /// <summary>Reads an update's body, and checks all that can be checked without looking at the shop.</summary>
    /// <returns>The refusal, which depends on the request alone and therefore needs no entry; or null.</returns>
    public static RefusalAnswer? Read(in UserRequest request, out UpdateBody body)
    {
        body = default;
        switch (request.Kind)
        {
            case RequestKind.UserDetails when BodyReader.TryReadDetails(request, out CustomerDetails? details):
                body = new UpdateBody(details, null, 0);
                return details.FirstInvalid() is { } field ? new RefusalAnswer(AnswerCode.InvalidDetails, Field: Word(field)) : null;
            case RequestKind.PlaceOrder when BodyReader.TryReadDraft(request, out OrderDraft? draft):
                body = new UpdateBody(null, draft, 0);
                return Cart.FirstFault(draft);
            case RequestKind.Cancel when BodyReader.TryReadOrderId(request, out int orderId):
                body = new UpdateBody(null, null, orderId);
                return null;
            default:
                return request.Kind.IsOwners() ? OwnerUpdates.Read(request, out body) : Cart.InvalidOrder("body");
        }
    }

    /// <summary>USER_DETAILS. Only what is accepted makes a customer of a stranger.</summary>
    public Answer SetDetails(in Asker asker, CustomerDetails details, PostcodeVerdict postcode)
    {
        if (postcode != PostcodeVerdict.Valid)
            return new RefusalAnswer(postcode == PostcodeVerdict.Invalid ? AnswerCode.InvalidPostcode : AnswerCode.PostcodeServiceUnavailable);

        CustomerDetails stored = details with { Postcode = PostcodeText.Normalise(details.Postcode) };
        MakeCustomer(asker, stored);
        return new DetailsAnswer(stored);
    }

    /// <summary>PLACE_ORDER: all or nothing.</summary>
    /// <param name="customer">Null for a stranger.</param>
    public Answer Place(Customer? customer, OrderDraft draft, long utcSeconds)
    {
        if (customer is not { HasDetails: true })
            return new RefusalAnswer(AnswerCode.UnknownUser);
        if (Cart.Price(draft.Lines, tables.Products, out OrderRowLine[] lines, out Pence ofLines) is { } refusal)
            return refusal;
        if (FirstShort(lines) is { } low)
            return low;

        Pence total = ofLines + draft.Delivery.Price() + draft.Tip;
        if (draft.ConfirmedTotal is { } confirmed && confirmed != total)
            return new RefusalAnswer(AnswerCode.PriceChanged, Total: total);

        var row = new OrderRow(
            (ulong)tables.Orders.Count + 1, customer.User, customer.Orders.Count + 1, OrderStatus.Active, draft.Delivery, draft.Tip, total, utcSeconds, lines);
        foreach (OrderRowLine line in lines)
            effects.SetStock(line.Product, tables.Products[line.Product].Stock - line.Quantity);
        effects.AddOrder(row);
        return new OrderAnswer(tables.ToOrder(row));
    }

    /// <summary>CANCEL: the stock comes back, of retired products too.</summary>
    /// <param name="customer">Null for a stranger.</param>
    public Answer Cancel(Customer? customer, int orderId)
    {
        if (customer is null)
            return new RefusalAnswer(AnswerCode.UnknownUser);
        if (orderId < 1 || orderId > customer.Orders.Count)
            return new RefusalAnswer(AnswerCode.UnknownOrder);

        OrderRow row = tables.Orders.RowOf(customer.Orders[orderId - 1], customer.User);
        if (row.Status != OrderStatus.Active)
            return new RefusalAnswer(row.Status == OrderStatus.Cancelled ? AnswerCode.AlreadyCancelled : AnswerCode.AlreadyDelivered);

        foreach (OrderRowLine line in row.Lines)
            effects.SetStock(line.Product, checked(tables.Products[line.Product].Stock + line.Quantity));
        effects.SetOrderStatus(row.Number, customer.User, orderId, OrderStatus.Cancelled);
        return new OrderAnswer(tables.ToOrder(row with { Status = OrderStatus.Cancelled }));
    }

    /// <summary>A customer with these details. A stranger's remembered answers come along.</summary>
    public void MakeCustomer(in Asker asker, CustomerDetails? details)
    {
        effects.SetCustomer(asker.User, asker.Key, details);
        if (asker.IsStranger)
            asker.Answered?.WriteTo(effects, asker.User);
    }

    private RefusalAnswer? FirstShort(OrderRowLine[] lines)
    {
        foreach (OrderRowLine line in lines)
        {
            ProductRow product = tables.Products[line.Product];
            if (product.Stock < line.Quantity)
                return new RefusalAnswer(AnswerCode.LowStock, Product: product.Name, Left: product.Stock);
        }

        return null;
    }

    private static string Word(DetailsField field) => field switch
    {
        DetailsField.FirstName => "firstName",
        DetailsField.LastName => "lastName",
        DetailsField.Phone => "phone",
        DetailsField.Postcode => "postcode",
        DetailsField.Address => "address",
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}

/// <summary>An update's body, read: one of the four has a value.</summary>
internal readonly record struct UpdateBody(CustomerDetails? Details, OrderDraft? Draft, int OrderId, OwnerUpdate? Owner = null);
