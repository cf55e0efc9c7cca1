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

    public ulong Sequence { get; init; }

    public RequestId RequestId { get; init; }

    /// <summary>Of USER_DETAILS.</summary>
    public CustomerDetails? Details { get; init; }

    /// <summary>Of PLACE_ORDER and, for its lines, ORDER_COST.</summary>
    public OrderDraft? Draft { get; init; }

    /// <summary>Of CANCEL.</summary>
    public int OrderId { get; init; }

    public long InvokedUs { get; init; }

    public long ReturnedUs { get; set; } = Never;

    public Answer? Answer { get; set; }

    /// <summary>The first final answer as it came: every later one must be the same.</summary>
    public byte[]? AnswerBytes { get; set; }

    public bool IsUpdate => Kind.IsUpdate();

    public bool IsAnswered => ReturnedUs != Never;

    public byte[] Body()
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

    public override string ToString() =>
        $"user {User} {Kind}{(IsUpdate ? " #" + Sequence : "")}{(Draft is null ? "" : " " + string.Join(',', Draft.Lines.Select(l => l.Product + "*" + l.Quantity)))}" +
        $"{(Kind == RequestKind.Cancel ? " " + OrderId : "")} [{InvokedUs / 1000}..{(IsAnswered ? (ReturnedUs / 1000).ToString() : "")}] {AnswerText.Of(Answer)}";
}
