using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.Users;

namespace JustHungry.Simulator.Checks;

/// <summary>The answers that the shop's owner may expect.</summary>
internal sealed partial class ShopModel
{
    /// <summary>
    /// A request that is wrong in itself is refused first; next, one with a wrong key. Neither ever has an effect.
    /// </summary>
    private bool TryDoAsOwner(Operation operation, out Action? undo)
    {
        undo = null;
        if (operation is { Kind: RequestKind.Restock, Product.Stock: < 1 })
            return operation.Answer is RefusalAnswer { Reason: AnswerCode.InvalidProduct, Field: "quantity" };
        if (operation.OwnerKey != ShopOwner.Key)
            return operation.Answer is RefusalAnswer { Reason: AnswerCode.NotOwner };

        return operation.Kind switch
        {
            RequestKind.AddProduct => TryAdd(operation, out undo),
            RequestKind.CompleteOrder => TryEnd(operation, OrderStatus.Delivered, out undo),
            RequestKind.CancelForUser => TryEnd(operation, OrderStatus.Cancelled, out undo),
            RequestKind.ShopOrders => operation.Answer is ShopOrdersAnswer { More: false } answer && AreOrders(answer.Orders, operation.ActiveOnly),
            RequestKind.ShopReport => operation.Answer is ShopReportAnswer { More: false } answer && IsReport(answer),
            _ => TryChange(operation, out undo),
        };
    }

    private bool TryAdd(Operation operation, out Action? undo)
    {
        undo = null;
        Product product = operation.Product;
        if (_shelf.Find(product.Name) >= 0)
            return operation.Answer is RefusalAnswer { Reason: AnswerCode.ProductExists } refusal && refusal.Product == product.Name;
        if (operation.Answer is not null && operation.Answer != new ProductAnswer(product))
            return false;

        _shelf.Add(new ModelProduct(product.Name, product.Stock, product.Price.Value));
        undo = _shelf.RemoveLast;
        return true;
    }

    private bool TryChange(Operation operation, out Action? undo)
    {
        undo = null;
        int place = _shelf.Find(operation.Product.Name);
        if (place < 0)
            return operation.Answer == new RefusalAnswer(AnswerCode.UnknownProduct, Product: operation.Product.Name);

        ModelProduct before = _shelf[place];
        ModelProduct after = operation.Kind switch
        {
            RequestKind.SetPrice => before with { Pence = operation.Product.Price.Value },
            RequestKind.Restock => before with { Stock = before.Stock + operation.Product.Stock },
            _ => before with { IsRetired = true },
        };
        if (operation.Answer is not null && operation.Answer != new ProductAnswer(after.Shown))
            return false;

        _shelf[place] = after;
        undo = () => _shelf[place] = before;
        return true;
    }

    private bool TryEnd(Operation operation, OrderStatus end, out Action? undo)
    {
        undo = null;
        int user = IndexOf(operation.Target.User);
        int place = operation.Target.OrderId - 1;
        if (user < 0 || place >= _orders[user].Count)
            return operation.Answer == new RefusalAnswer(AnswerCode.UnknownOrder, Field: "user");
        ModelOrder before = _orders[user][place];
        if (before.Status != OrderStatus.Active)
            return operation.Answer == new RefusalAnswer(WhyNotActive(before));

        ModelOrder ended = before with { Status = end };
        if (operation.Answer is not null && !(operation.Answer is OrderAnswer answer && ended.IsShownAs(answer.Order, _shelf)))
            return false;

        int givenBack = end == OrderStatus.Cancelled ? 1 : 0;
        _orders[user][place] = ended;
        Take(before.Lines, -givenBack);
        undo = () =>
        {
            _orders[user][place] = before;
            Take(before.Lines, givenBack);
        };
        return true;
    }

    /// <summary>
    /// Each order must be there once, with its customer's current details. The sequence in which orders came is not part of this model's
    /// state (two users' orders commute for everybody else); Linearizability checks their numbers separately.
    /// </summary>
    private bool AreOrders(IReadOnlyList<ShopOrder> shown, bool activeOnly)
    {
        if (shown.Count != _orders.Sum(o => o.Count(order => !activeOnly || order.Status == OrderStatus.Active)))
            return false;

        foreach (ShopOrder order in shown)
        {
            int user = IndexOf(order.User);
            int place = order.Order.OrderId - 1;
            if (user < 0 || place < 0 || place >= _orders[user].Count || order.Customer != _details[user] || !_orders[user][place].IsShownAs(order.Order, _shelf) ||
                (activeOnly && order.Order.Status != OrderStatus.Active))
                return false;
        }

        return shown.Select(o => (o.User, o.Order.OrderId)).Distinct().Count() == shown.Count;
    }

    private bool IsReport(ShopReportAnswer answer)
    {
        ModelOrder[] all = [.. _orders.SelectMany(o => o)];
        ModelOrder[] sold = [.. all.Where(o => o.Status != OrderStatus.Cancelled)];
        ProductSales[] products =
        [
            .. sold.SelectMany(o => o.Lines).GroupBy(l => l.Place).OrderBy(g => g.Key)
                .Select(g => new ProductSales(_shelf[g.Key].Name, g.Sum(l => l.Quantity), new Pence(g.Sum(l => l.Pence * l.Quantity)))),
        ];
        return answer.Last.Value == (ulong)all.Length && answer.Cancelled == all.Length - sold.Length && answer.Active == sold.Count(o => o.Status == OrderStatus.Active) &&
            answer.Delivered == sold.Count(o => o.Status == OrderStatus.Delivered) && answer.Takings.Value == sold.Sum(o => o.Total.Value) &&
            answer.Tips.Value == sold.Sum(o => o.Draft.Tip.Value) && answer.Deliveries.Value == sold.Sum(o => o.Draft.Delivery.Price().Value) &&
            answer.Products.SequenceEqual(products);
    }

    private int IndexOf(Protocol.Ids.UserId user)
    {
        for (int i = 0; i < _users.Count; i++)
        {
            if (_users[i] == user)
                return i;
        }

        return -1;
    }
}
