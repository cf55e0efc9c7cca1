using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>
/// A shop simple enough to trust: one catalogue, one user's worth of rules, every update done once per request id. Shared by the
/// fake front ends and used only in their loops, one test at a time; tests look at it between requests.
/// </summary>
internal sealed class FakeShop
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RequestId, Answer> _answered = [];
    private readonly List<Product> _products = [new("apple", 15, new(199)), new("banana", 20, new(55)), new("flour", 0, new(455)), new("bread", 4, new(225))];

    /// <summary>Every request that was executed or answered from memory, in order.</summary>
    public List<UserRequest> Received { get; } = [];

    public List<Order> Orders { get; } = [];

    public CustomerDetails? Details { get; set; }

    /// <summary>Answers that come before the shop's own rules, per kind.</summary>
    public Dictionary<RequestKind, Queue<Answer>> Scripted { get; } = [];

    /// <summary>Runs when a request of the kind arrives, before it is answered: the world changes between two questions.</summary>
    public Dictionary<RequestKind, Action> Before { get; } = [];

    public int PageSize { get; set; } = OrderLimits.OrdersPerAnswer;

    public void Script(RequestKind kind, params Answer[] answers) => Scripted[kind] = new Queue<Answer>(answers);

    public void SetProduct(string name, int stock, Pence price)
    {
        lock (_lock)
            _products[_products.FindIndex(p => p.Name == name)] = new Product(name, stock, price);
    }

    public void RemoveProduct(string name)
    {
        lock (_lock)
            _products.RemoveAll(p => p.Name == name);
    }

    public int Count(RequestKind kind)
    {
        lock (_lock)
            return Received.Count(r => r.Kind == kind);
    }

    public Answer Execute(UserRequest request)
    {
        lock (_lock)
        {
            Received.Add(request with { Body = new ReadOnlySequence<byte>(request.Body.ToArray()) });
            if (request.Kind.IsUpdate() && _answered.TryGetValue(request.RequestId, out Answer? before))
                return before;

            if (Before.Remove(request.Kind, out Action? change))
                change();
            Answer answer = Scripted.TryGetValue(request.Kind, out Queue<Answer>? scripted) && scripted.TryDequeue(out Answer? next) ? next : Decide(request);
            if (request.Kind.IsUpdate())
                _answered[request.RequestId] = answer;
            return answer;
        }
    }

    private Answer Decide(UserRequest request)
    {
        var body = new MessagePackReader(request.Body);
        return request.Kind switch
        {
            RequestKind.ProductList => new ProductsAnswer([.. _products]),
            RequestKind.ViewDetails => Details is null ? Unknown() : new DetailsAnswer(Details),
            RequestKind.UserDetails => new DetailsAnswer(Details = CustomerDetails.Read(ref body)),
            RequestKind.OrderCost => Cost(RequestBodies.ReadLines(ref body)),
            RequestKind.PlaceOrder => Details is null ? Unknown() : Place(OrderDraft.Read(ref body)),
            RequestKind.Cancel => Cancel(RequestBodies.ReadOrderId(ref body)),
            RequestKind.ViewOrders => Page(RequestBodies.ReadOrderId(ref body), Orders),
            RequestKind.ViewActive => Page(RequestBodies.ReadOrderId(ref body), Orders.Where(o => o.Status == OrderStatus.Active)),
            _ => new RefusalAnswer(AnswerCode.Unsupported),
        };
    }

    private static RefusalAnswer Unknown() => new(AnswerCode.UnknownUser);

    private OrdersAnswer Page(int after, IEnumerable<Order> orders)
    {
        Order[] rest = [.. orders.Where(o => o.OrderId > after)];
        return new OrdersAnswer([.. rest.Take(PageSize)], rest.Length > PageSize);
    }

    private Answer Cost(CartLine[] cart)
    {
        if (cart.FirstOrDefault(l => _products.All(p => p.Name != l.Product)).Product is { } unknown)
            return new RefusalAnswer(AnswerCode.UnknownProduct, Product: unknown);
        OrderLine[] lines = [.. cart.Select(l => new OrderLine(l.Product, l.Quantity, _products.Find(p => p.Name == l.Product).Price))];
        return new CostAnswer(lines, lines.Aggregate(Pence.Zero, (sum, l) => sum + l.Total));
    }

    private Answer Place(OrderDraft draft)
    {
        Answer costed = Cost([.. draft.Lines]);
        if (costed is not CostAnswer cost)
            return costed;
        foreach (CartLine line in draft.Lines)
        {
            Product product = _products.Find(p => p.Name == line.Product);
            if (product.Stock < line.Quantity)
                return new RefusalAnswer(AnswerCode.LowStock, Product: line.Product, Left: product.Stock);
        }

        Pence total = cost.Total + draft.Delivery.Price() + draft.Tip;
        if (draft.ConfirmedTotal is { } confirmed && confirmed != total)
            return new RefusalAnswer(AnswerCode.PriceChanged, Total: total);
        foreach (CartLine line in draft.Lines)
        {
            int index = _products.FindIndex(p => p.Name == line.Product);
            _products[index] = _products[index] with { Stock = _products[index].Stock - line.Quantity };
        }

        var order = new Order(Orders.Count + 1, OrderStatus.Active, draft.Delivery, draft.Tip, total, cost.Lines, 1_795_359_845);
        Orders.Add(order);
        return new OrderAnswer(order);
    }

    private Answer Cancel(int orderId)
    {
        int index = Orders.FindIndex(o => o.OrderId == orderId);
        if (index < 0)
            return new RefusalAnswer(AnswerCode.UnknownOrder);
        if (Orders[index].Status == OrderStatus.Cancelled)
            return new RefusalAnswer(AnswerCode.AlreadyCancelled);
        Orders[index] = Orders[index] with { Status = OrderStatus.Cancelled };
        return new OrderAnswer(Orders[index]);
    }
}
