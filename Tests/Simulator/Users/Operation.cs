using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Simulator.Users;

/// <summary>One request of a user: what was asked, when, and the outcome as far as the user knows.</summary>
internal sealed class Operation
{
    /// <summary>No final answer has come.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The user's place in the schedule's list of users.</summary>
    public required int User { get; init; }

    public required RequestKind Kind { get; init; }

    public Sequence Sequence { get; init; }

    public RequestId RequestId { get; init; }

    /// <summary>For USER_DETAILS.</summary>
    public CustomerDetails? Details { get; init; }

    /// <summary>For PLACE_ORDER, and its lines for ORDER_COST.</summary>
    public OrderDraft? Draft { get; init; }

    /// <summary>For CANCEL.</summary>
    public int OrderId { get; init; }

    /// <summary>For the owner's requests; may be the wrong key.</summary>
    public OwnerKey OwnerKey { get; init; }

    /// <summary>For the owner's requests about a product: its name, with the price or quantity that the request is about.</summary>
    public Product Product { get; init; }

    /// <summary>For COMPLETE_ORDER and CANCEL_FOR_USER.</summary>
    public OrderOfUser Target { get; init; }

    /// <summary>For SHOP_ORDERS.</summary>
    public bool ActiveOnly { get; init; }

    public long InvokedUs { get; init; }

    public long ReturnedUs { get; set; } = Never;

    /// <summary>How long its user has waited, not counting the time in which the user had given it up for now.</summary>
    public long WaitedUs { get; private set; }

    /// <summary>Since when its user has been waiting; null while the user is not.</summary>
    public long? WaitsSinceUs { get; private set; }

    public Answer? Answer { get; set; }

    /// <summary>The bytes of the first final answer: every later one must be the same.</summary>
    public byte[]? AnswerBytes { get; set; }

    public bool IsUpdate => Kind.IsUpdate();

    public bool IsAnswered => ReturnedUs != Never;

    public byte[] Body() => Kind switch
    {
        RequestKind.AddProduct => OwnerBodies.Write(OwnerKey, Product, Product.Write),
        RequestKind.SetPrice => OwnerBodies.Write(OwnerKey, new NewPrice(Product.Name, Product.Price), NewPrice.Write),
        RequestKind.Restock => OwnerBodies.Write(OwnerKey, new CartLine(Product.Name, Product.Stock), CartLine.Write),
        RequestKind.RetireProduct => OwnerBodies.Write(OwnerKey, Product.Name, OwnerBodies.WriteName),
        RequestKind.CompleteOrder or RequestKind.CancelForUser => OwnerBodies.Write(OwnerKey, Target, OrderOfUser.Write),
        RequestKind.ShopOrders => OwnerBodies.Write(OwnerKey, new ShopOrdersQuery(OrderNumber.None, ActiveOnly), ShopOrdersQuery.Write),
        RequestKind.ShopReport => OwnerBodies.Write(OwnerKey, new ShopReportQuery(OrderNumber.None, 0), ShopReportQuery.Write),
        _ => CustomersBody(),
    };

    public void BeginWait(long nowUs) => WaitsSinceUs ??= nowUs;

    public void EndWait(long nowUs)
    {
        WaitedUs += nowUs - (WaitsSinceUs ?? nowUs);
        WaitsSinceUs = null;
    }

    public override string ToString() =>
        $"user {User} {Kind}{(IsUpdate ? " #" + Sequence : "")}{(Draft is null ? "" : " " + string.Join(',', Draft.Lines.Select(l => l.Product + "*" + l.Quantity)))}" +
        $"{(Kind == RequestKind.Cancel ? " " + OrderId : "")}{(Kind.IsOwners() ? $" {Product.Name} {Product.Stock} {Product.Price} {Target.OrderId}" : "")} [{InvokedUs / 1000}..{(IsAnswered ? (ReturnedUs / 1000).ToString() : "")}] {AnswerText.Of(Answer)}";

    private byte[] CustomersBody()
    {
        var output = new ArrayBufferWriter<byte>(64);
        var writer = new MessagePackWriter(output);
        switch (Kind)
        {
            case RequestKind.UserDetails:
                CustomerDetails.Write(ref writer, Details!);
                break;
            case RequestKind.PlaceOrder:
                OrderDraft.Write(ref writer, Draft!);
                break;
            case RequestKind.OrderCost:
                RequestBodies.WriteLines(ref writer, Draft!.Lines);
                break;
            case RequestKind.Cancel:
            case RequestKind.ViewOrders:
            case RequestKind.ViewActive:
                RequestBodies.WriteOrderId(ref writer, OrderId);
                break;
            default:
                writer.WriteNil();
                break;
        }

        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
