using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Simulator.Users;

/// <summary>One thing a user asked for, when, and what came of it as far as the user knows.</summary>
internal sealed class Operation
{
    /// <summary>Not answered, or not finally.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The user's place in the schedule's list of users.</summary>
    public required int User { get; init; }

    public required RequestKind Kind { get; init; }

    public Sequence Sequence { get; init; }

    public RequestId RequestId { get; init; }

    /// <summary>Of USER_DETAILS.</summary>
    public CustomerDetails? Details { get; init; }

    /// <summary>Of PLACE_ORDER and, for its lines, ORDER_COST.</summary>
    public OrderDraft? Draft { get; init; }

    /// <summary>Of CANCEL.</summary>
    public int OrderId { get; init; }

    /// <summary>Of the owner's requests, right or wrong.</summary>
    public OwnerKey OwnerKey { get; init; }

    /// <summary>Of the owner's requests about a product: its name, and the price or how many of it they speak of.</summary>
    public Product Product { get; init; }

    /// <summary>Of COMPLETE_ORDER.</summary>
    public OrderOfUser Target { get; init; }

    /// <summary>Of SHOP_ORDERS.</summary>
    public bool ActiveOnly { get; init; }

    public long InvokedUs { get; init; }

    public long ReturnedUs { get; set; } = Never;

    /// <summary>For so long its user has waited, without the time in which the user had given it up for now.</summary>
    public long WaitedUs { get; private set; }

    /// <summary>Since when its user waits; null while the user does not.</summary>
    public long? WaitsSinceUs { get; private set; }

    public Answer? Answer { get; set; }

    /// <summary>The first final answer as it came: every later one must be the same.</summary>
    public byte[]? AnswerBytes { get; set; }

    public bool IsUpdate => Kind.IsUpdate();

    public bool IsAnswered => ReturnedUs != Never;

    public byte[] Body() => Kind switch
    {
        RequestKind.AddProduct => OwnerBodies.Write(OwnerKey, Product, Product.Write),
        RequestKind.SetPrice => OwnerBodies.Write(OwnerKey, new NewPrice(Product.Name, Product.Price), NewPrice.Write),
        RequestKind.Restock => OwnerBodies.Write(OwnerKey, new CartLine(Product.Name, Product.Stock), CartLine.Write),
        RequestKind.RetireProduct => OwnerBodies.Write(OwnerKey, Product.Name, OwnerBodies.WriteName),
        RequestKind.CompleteOrder => OwnerBodies.Write(OwnerKey, Target, OrderOfUser.Write),
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
