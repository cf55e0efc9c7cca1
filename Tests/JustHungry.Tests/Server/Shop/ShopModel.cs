using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;

namespace JustHungry.Tests.Server.Shop;

/// <summary>A request as the model sees it: with its body unencoded (CustomerDetails, OrderDraft, CartLine[], int; null: malformed).</summary>
internal sealed record Ask(UserRequest Request, object? Body);

/// <summary>The shop's rules written down a second time, as plainly as possible: lists, scans, strings, no effects.</summary>
internal sealed class ShopModel
{
    private readonly Dictionary<UserId, ModelUser> _users = [];
    private readonly Dictionary<(UserId User, UserKey Key), ModelUser> _strangers = [];

    public List<ModelProduct> Products { get; } = [];

    public int ActivelyOrdered(string product) =>
        _users.Values.SelectMany(u => u.Orders).Where(o => o.Status == OrderStatus.Active).SelectMany(o => o.Lines).Where(l => l.Product == product).Sum(l => l.Quantity);

    public (ExecutionResult Result, byte[] Answer) Do(Ask ask, PostcodeVerdict verdict)
    {
        UserRequest request = ask.Request;
        _users.TryGetValue(request.User, out ModelUser? user);
        bool trusted = user is not null && user.Key == request.Key;
        if (request.Kind is RequestKind.ProductList)
            return Said(new ProductsAnswer([.. Products.Where(p => !p.Retired).Select(p => new Product(p.Name, p.Stock, new Pence(p.Price)))]));
        if (!request.Kind.IsUpdate())
            return Said(Look(ask, trusted ? user : null));
        if (request.Sequence == Sequence.None)
            return Said(Refuse(AnswerCode.InvalidOrder, "sequence"));
        bool isWrongKey = user is not null && !trusted;
        if (!trusted)
            _strangers.TryGetValue((request.User, request.Key), out user);

        string body = $"{request.Kind} {Convert.ToHexString(request.Body.FirstSpan)}";
        bool reused = user?.LastAnswered.Any(a => a.Id == request.RequestId) == true;
        if (user is not null && user.Answered.Count > 0 && request.Sequence <= user.Answered.Max(a => a.Sequence))
        {
            foreach (ModelAnswered kept in user.LastAnswered)
            {
                if (kept.Sequence == request.Sequence && kept.Id == request.RequestId && kept.Body == body)
                    return (ExecutionResult.Answered, kept.Answer);
            }

            return Said(Refuse(reused ? AnswerCode.RequestIdReused : AnswerCode.Expired));
        }

        if (isWrongKey)
            return Said(Refuse(AnswerCode.UnknownUser));
        if (ask.Body is null)
            return Said(Refuse(AnswerCode.InvalidOrder, "body"));
        if (ask.Body is OrderDraft draft && Fault(draft) is { } fault)
            return Said(fault);
        if (ask.Body is CustomerDetails { LastName: "" })
            return Said(Refuse(AnswerCode.InvalidDetails, "lastName"));
        if (ask.Body is CustomerDetails && verdict == PostcodeVerdict.NotAsked && !reused)
            return (ExecutionResult.NeedsPostcode, []);

        if (user is null)
            _strangers.Add((request.User, request.Key), user = new ModelUser(request.Key));
        byte[] answer = (reused ? Refuse(AnswerCode.RequestIdReused) : Change(user, ask.Body, verdict)).ToBytes();
        if (user.Details is not null)
            _users[request.User] = user;
        user.Answered.Add(new ModelAnswered(request.Sequence, request.RequestId, body, answer));
        return (ExecutionResult.Entry, answer);
    }

    private Answer Change(ModelUser user, object body, PostcodeVerdict verdict) => body switch
    {
        CustomerDetails when verdict == PostcodeVerdict.Invalid => Refuse(AnswerCode.InvalidPostcode),
        CustomerDetails when verdict == PostcodeVerdict.Unavailable => Refuse(AnswerCode.PostcodeServiceUnavailable),
        CustomerDetails details => new DetailsAnswer(user.Details = details with { Postcode = "SW1A 1AA" }),
        OrderDraft when user.Details is null => Refuse(AnswerCode.UnknownUser),
        OrderDraft draft => Place(user, draft),
        int when user.Details is null => Refuse(AnswerCode.UnknownUser),
        int orderId => Cancel(user, orderId),
        _ => throw new InvalidOperationException(),
    };

    private Answer Place(ModelUser user, OrderDraft draft)
    {
        foreach (CartLine line in draft.Lines)
        {
            if (OnSale(line.Product) is null)
                return new RefusalAnswer(AnswerCode.UnknownProduct, Product: line.Product);
        }

        foreach (CartLine line in draft.Lines)
        {
            if (OnSale(line.Product)!.Stock < line.Quantity)
                return new RefusalAnswer(AnswerCode.LowStock, Product: line.Product, Left: OnSale(line.Product)!.Stock);
        }

        long delivery = draft.Delivery switch { Delivery.TwoHours => 300, Delivery.SameDay => 100, _ => 0 };
        var total = new Pence(draft.Lines.Sum(l => OnSale(l.Product)!.Price * l.Quantity) + delivery + draft.Tip.Value);
        if (draft.ConfirmedTotal is { } confirmed && confirmed != total)
            return new RefusalAnswer(AnswerCode.PriceChanged, Total: total);

        foreach (CartLine line in draft.Lines)
            OnSale(line.Product)!.Stock -= line.Quantity;
        OrderLine[] lines = [.. draft.Lines.Select(l => new OrderLine(l.Product, l.Quantity, new Pence(OnSale(l.Product)!.Price)))];
        user.Orders.Add(new Order(user.Orders.Count + 1, OrderStatus.Active, draft.Delivery, draft.Tip, total, lines, ShopDriver.PlacedAt));
        return new OrderAnswer(user.Orders[^1]);
    }

    private Answer Cancel(ModelUser user, int orderId)
    {
        int place = user.Orders.FindIndex(o => o.OrderId == orderId);
        if (place < 0)
            return Refuse(AnswerCode.UnknownOrder);
        if (user.Orders[place].Status == OrderStatus.Cancelled)
            return Refuse(AnswerCode.AlreadyCancelled);

        foreach (OrderLine line in user.Orders[place].Lines)
            Products.Single(p => p.Name == line.Product).Stock += line.Quantity;
        user.Orders[place] = user.Orders[place] with { Status = OrderStatus.Cancelled };
        return new OrderAnswer(user.Orders[place]);
    }

    private Answer Look(Ask ask, ModelUser? user) => (ask.Request.Kind, ask.Body) switch
    {
        (RequestKind.ViewDetails, _) => user?.Details is { } details ? new DetailsAnswer(details) : Refuse(AnswerCode.UnknownUser),
        (_, null) => Refuse(AnswerCode.InvalidOrder, "body"),
        (RequestKind.OrderCost, CartLine[] lines) => Cost(lines),
        (_, _) when user is null => Refuse(AnswerCode.UnknownUser),
        (RequestKind.ViewOrders, int after) => new OrdersAnswer([.. user.Orders.Where(o => o.OrderId > after)], false),
        (RequestKind.ViewActive, int after) => new OrdersAnswer([.. user.Orders.Where(o => o.OrderId > after && o.Status == OrderStatus.Active)], false),
        _ => throw new InvalidOperationException(),
    };

    private Answer Cost(CartLine[] lines) =>
        Fault(lines) is { } fault ? fault
        : lines.Any(l => OnSale(l.Product) is null) ? new RefusalAnswer(AnswerCode.UnknownProduct, Product: lines.First(l => OnSale(l.Product) is null).Product)
        : new CostAnswer(
            [.. lines.Select(l => new OrderLine(l.Product, l.Quantity, new Pence(OnSale(l.Product)!.Price)))],
            new Pence(lines.Sum(l => OnSale(l.Product)!.Price * l.Quantity)));

    private static RefusalAnswer? Fault(OrderDraft draft) =>
        Fault(draft.Lines) ?? (draft.Delivery is Delivery.TwoHours or Delivery.SameDay or Delivery.NextDay ? null : Refuse(AnswerCode.InvalidOrder, "delivery"))
        ?? (draft.Tip.Value is >= 0 and <= 100_000 ? null : Refuse(AnswerCode.InvalidOrder, "tip"));

    private static RefusalAnswer? Fault(IReadOnlyList<CartLine> lines)
    {
        if (lines.Count == 0)
            return Refuse(AnswerCode.EmptyOrder);
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].Quantity is <= 0 or > 10_000)
                return Refuse(AnswerCode.InvalidOrder, "quantity");
            if (lines.Take(i).Any(l => l.Product == lines[i].Product))
                return Refuse(AnswerCode.InvalidOrder, "product");
        }

        return null;
    }

    private static RefusalAnswer Refuse(AnswerCode code, string? field = null) => new(code, Field: field);

    private static (ExecutionResult Result, byte[] Answer) Said(Answer answer) => (ExecutionResult.Answered, answer.ToBytes());

    private ModelProduct? OnSale(string name) => Products.SingleOrDefault(p => p.Name == name && !p.Retired);

    internal sealed class ModelProduct(string name, int stock, long price)
    {
        public string Name { get; } = name;

        public int Stock { get; set; } = stock;

        public long Price { get; set; } = price;

        public bool Retired { get; set; }
    }

    private sealed class ModelUser(UserKey key)
    {
        public UserKey Key { get; } = key;

        public CustomerDetails? Details { get; set; }

        public List<Order> Orders { get; } = [];

        public List<ModelAnswered> Answered { get; } = [];

        public IEnumerable<ModelAnswered> LastAnswered => Answered.TakeLast(16);
    }

    private sealed record ModelAnswered(Sequence Sequence, RequestId Id, string Body, byte[] Answer);
}
