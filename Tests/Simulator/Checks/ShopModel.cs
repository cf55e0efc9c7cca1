using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.Users;

namespace JustHungry.Simulator.Checks;

/// <summary>
/// The shop as its users may expect it, written for the linearizability check without sharing code with the server: what an operation
/// answers in a state, and what it changes. Changes are undone in reverse order.
/// </summary>
internal sealed partial class ShopModel
{
    private readonly ModelShelf _shelf = new();
    private readonly IReadOnlyList<UserId> _users;
    private readonly CustomerDetails?[] _details;
    private readonly List<ModelOrder>[] _orders;

    /// <param name="users">The users, by their indexes in the history.</param>
    public ShopModel(IReadOnlyList<UserId> users)
    {
        _users = users;
        _details = new CustomerDetails?[users.Count];
        _orders = [.. users.Select(_ => new List<ModelOrder>())];
    }

    /// <summary>Applies the operation if this state can give its answer.</summary>
    /// <param name="undo">Undoes the operation; null if nothing was changed.</param>
    public bool TryDo(Operation operation, out Action? undo)
    {
        undo = null;
        if (operation.Kind.IsOwners())
            return TryDoAsOwner(operation, out undo);
        return operation.Kind switch
        {
            RequestKind.UserDetails => TrySetDetails(operation, out undo),
            RequestKind.PlaceOrder => TryPlace(operation, out undo),
            RequestKind.Cancel => TryCancel(operation, out undo),
            RequestKind.ProductList => operation.Answer is ProductsAnswer products && _shelf.IsShownAs(products.Products),
            RequestKind.ViewOrders => IsList(operation, activeOnly: false),
            RequestKind.ViewActive => IsList(operation, activeOnly: true),
            RequestKind.ViewDetails => IsDetails(operation),
            RequestKind.OrderCost => IsCost(operation),
            _ => false,
        };
    }

    /// <summary>
    /// Equal states have equal hashes; different states that the same operations led to, in another order, have different hashes.
    /// </summary>
    public ulong Hash()
    {
        ulong hash = 17;
        _shelf.Mix(Mix);
        for (int i = 0; i < _orders.Length; i++)
        {
            Mix(_details[i] is { } details ? ModelShelf.Number(details.FirstName) : 3);
            foreach (ModelOrder order in _orders[i])
            {
                Mix((ulong)order.Total.Value * (ulong)order.Status);
                foreach (ModelLine line in order.Lines)
                    Mix(((ulong)line.Place << 32) | (uint)line.Quantity);
            }

            Mix(5);
        }

        return hash;

        void Mix(ulong value) => hash = ulong.RotateLeft((hash ^ value) * 0x9E3779B97F4A7C15, 31);
    }

    private bool TrySetDetails(Operation operation, out Action? undo)
    {
        undo = null;
        CustomerDetails details = operation.Details!;
        bool isValid = details.FirstInvalid() is null && details.Postcode != Wishes.BadPostcode;
        switch (operation.Answer)
        {
            case RefusalAnswer { Reason: AnswerCode.InvalidDetails }:
                return details.FirstInvalid() is not null;
            case RefusalAnswer { Reason: AnswerCode.InvalidPostcode }:
                return details.Postcode == Wishes.BadPostcode;
            case RefusalAnswer { Reason: AnswerCode.PostcodeServiceUnavailable }:
                return true;
            case DetailsAnswer answered when !isValid || answered.Details != details:
                return false;
            case null when !isValid:
                return false; // it can have had no effect, so it counts as never done
            case DetailsAnswer or null:
                CustomerDetails? before = _details[operation.User];
                _details[operation.User] = details;
                undo = () => _details[operation.User] = before;
                return true;
            default:
                return false;
        }
    }

    private bool TryPlace(Operation operation, out Action? undo)
    {
        undo = null;
        OrderDraft draft = operation.Draft!;
        RefusalAnswer? refusal =
            _details[operation.User] is null ? new RefusalAnswer(AnswerCode.UnknownUser) : FirstFault(draft) ?? FirstShort(draft) ?? WrongTotal(draft);
        if (operation.Answer is RefusalAnswer answered)
            return refusal == answered || IsStatic(answered, draft);
        if (refusal is not null)
            return false;

        List<ModelOrder> orders = _orders[operation.User];
        var placed = new ModelOrder(orders.Count + 1, draft, LinesOf(draft), OrderStatus.Active);
        if (operation.Answer is not null && !(operation.Answer is OrderAnswer answer && placed.IsShownAs(answer.Order, _shelf)))
            return false;

        orders.Add(placed);
        Take(placed.Lines, 1);
        undo = () =>
        {
            orders.RemoveAt(orders.Count - 1);
            Take(placed.Lines, -1);
        };
        return true;
    }

    private bool TryCancel(Operation operation, out Action? undo)
    {
        undo = null;
        List<ModelOrder> orders = _orders[operation.User];
        int place = operation.OrderId - 1;
        if (place >= orders.Count || orders[place].Status != OrderStatus.Active)
        {
            return operation.Answer is RefusalAnswer refusal &&
                refusal.Reason == (place < orders.Count ? WhyNotActive(orders[place])
                    : _details[operation.User] is null && refusal.Reason == AnswerCode.UnknownUser ? AnswerCode.UnknownUser : AnswerCode.UnknownOrder);
        }

        ModelOrder before = orders[place];
        ModelOrder cancelled = before with { Status = OrderStatus.Cancelled };
        if (operation.Answer is not null && !(operation.Answer is OrderAnswer answer && cancelled.IsShownAs(answer.Order, _shelf)))
            return false;

        orders[place] = cancelled;
        Take(before.Lines, -1);
        undo = () =>
        {
            orders[place] = before;
            Take(before.Lines, 1);
        };
        return true;
    }

    private static AnswerCode WhyNotActive(ModelOrder order) =>
        order.Status == OrderStatus.Cancelled ? AnswerCode.AlreadyCancelled : AnswerCode.AlreadyDelivered;

    private void Take(IReadOnlyList<ModelLine> lines, int times)
    {
        foreach (ModelLine line in lines)
            _shelf[line.Place] = _shelf[line.Place] with { Stock = _shelf[line.Place].Stock - (line.Quantity * times) };
    }

    private ModelLine[] LinesOf(OrderDraft draft) =>
        [.. draft.Lines.Select(l => (Place: _shelf.Find(l.Product), l.Quantity)).Select(l => new ModelLine(l.Place, l.Quantity, _shelf[l.Place].Pence))];

    /// <summary>A refusal that depends on the request alone may come before or after "unknown user".</summary>
    private bool IsStatic(RefusalAnswer answered, OrderDraft draft) =>
        answered.Reason is AnswerCode.EmptyOrder or AnswerCode.InvalidOrder && FirstFault(draft) is { } fault && fault.Reason == answered.Reason;

    private RefusalAnswer? FirstFault(OrderDraft draft)
    {
        if (draft.Lines.Count == 0)
            return new RefusalAnswer(AnswerCode.EmptyOrder);
        for (int i = 0; i < draft.Lines.Count; i++)
        {
            if (draft.Lines[i].Quantity < 1)
                return new RefusalAnswer(AnswerCode.InvalidOrder, Field: "quantity");
            if (draft.Lines.Take(i).Any(l => l.Product == draft.Lines[i].Product))
                return new RefusalAnswer(AnswerCode.InvalidOrder, Field: "product");
        }

        string? unknown = draft.Lines.Select(l => l.Product).FirstOrDefault(p => _shelf.Find(p) < 0);
        return unknown is null ? null : new RefusalAnswer(AnswerCode.UnknownProduct, Product: unknown);
    }

    private RefusalAnswer? FirstShort(OrderDraft draft)
    {
        foreach (CartLine line in draft.Lines)
        {
            int left = _shelf[_shelf.Find(line.Product)].Stock;
            if (left < line.Quantity)
                return new RefusalAnswer(AnswerCode.LowStock, Product: line.Product, Left: left);
        }

        return null;
    }

    private RefusalAnswer? WrongTotal(OrderDraft draft) =>
        draft.ConfirmedTotal is { } confirmed && confirmed != Total(draft) ? new RefusalAnswer(AnswerCode.PriceChanged, Total: Total(draft)) : null;

    private Pence LinesTotal(OrderDraft draft) => new(LinesOf(draft).Sum(l => l.Pence * l.Quantity));

    private Pence Total(OrderDraft draft) => LinesTotal(draft) + draft.Delivery.Price() + draft.Tip;

    private bool IsList(Operation operation, bool activeOnly)
    {
        if (operation.Answer is RefusalAnswer { Reason: AnswerCode.UnknownUser })
            return _details[operation.User] is null;
        List<ModelOrder> expected = activeOnly ? _orders[operation.User].FindAll(o => o.Status == OrderStatus.Active) : _orders[operation.User];
        return operation.Answer is OrdersAnswer { More: false } answer && answer.Orders.Count == expected.Count &&
            expected.Zip(answer.Orders).All(pair => pair.First.IsShownAs(pair.Second, _shelf));
    }

    private bool IsDetails(Operation operation) => operation.Answer switch
    {
        DetailsAnswer answer => answer.Details == _details[operation.User],
        RefusalAnswer { Reason: AnswerCode.UnknownUser } => _details[operation.User] is null,
        _ => false,
    };

    private bool IsCost(Operation operation) =>
        FirstFault(operation.Draft!) is { } fault
            ? operation.Answer is RefusalAnswer refusal && refusal.Reason == fault.Reason
            : operation.Answer is CostAnswer cost && cost.Total == LinesTotal(operation.Draft!);
}
