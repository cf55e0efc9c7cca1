using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>What users can ask for.</summary>
public enum RequestKind : byte
{
    // updates
    UserDetails = 1,
    PlaceOrder = 2,
    Cancel = 3,

    // the owner's updates
    AddProduct = 4,
    SetPrice = 5,
    Restock = 6,
    RetireProduct = 7,
    CompleteOrder = 8,
    RotateOwnerKey = 9,
    CancelForUser = 10,

    // retrievals
    ProductList = 20,
    OrderCost = 21,
    ViewOrders = 22,
    ViewActive = 23,
    ViewDetails = 24,

    // the owner's retrievals
    ShopOrders = 25,
    ShopReport = 26,
}

/// <summary>Which kinds change the shop, and which only its owner may ask for.</summary>
public static class RequestKinds
{
    private const RequestKind FirstRetrieval = RequestKind.ProductList;

    public static bool IsUpdate(this RequestKind kind) => kind < FirstRetrieval;

    /// <summary>The body then begins with the owner's key (Ordering/OwnerBodies).</summary>
    public static bool IsOwners(this RequestKind kind) =>
        kind is >= RequestKind.AddProduct and <= RequestKind.CancelForUser or RequestKind.ShopOrders or RequestKind.ShopReport;
}

/// <summary>
/// One request as its user made it: the part that never changes on its way, however often it is sent. A front end forwards it unread.
/// </summary>
/// <param name="Sequence">None for retrievals.</param>
/// <param name="RequestId">None for retrievals.</param>
/// <param name="Body">The kind's fields (Ordering/RequestBodies). Belongs to the received frame: copy what must outlive the step.</param>
public readonly record struct UserRequest(
    UserId User, UserKey Key, Sequence Sequence, RequestId RequestId, RequestKind Kind, ReadOnlySequence<byte> Body)
{
    internal const int Fields = 6;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteId(User.Value);
        writer.WriteKey(Key);
        writer.Write(Sequence.Value);
        writer.WriteId(RequestId.Value);
        writer.Write((byte)Kind);
        writer.Write(Body);
    }

    /// <summary>Lets through a kind that this version does not know: the shop answers it with Unsupported.</summary>
    internal static UserRequest Read(ref MessagePackReader reader) =>
        new(new UserId(reader.ReadId()), reader.ReadKey(), new Sequence(reader.ReadUInt64()), new RequestId(reader.ReadId()), (RequestKind)reader.ReadByte(),
            reader.ReadBin());
}

/// <summary>From a user to a front end.</summary>
public readonly record struct Request(UserRequest Content) : IMessage<Request>
{
    public static MessageType Type => MessageType.Request;

    public static int FieldCount => UserRequest.Fields;

    public void Write(ref MessagePackWriter writer) => Content.Write(ref writer);

    public static Request Read(ref MessagePackReader reader) => new(UserRequest.Read(ref reader));
}

/// <summary>From a front end to a user: the answer (Ordering/Answer).</summary>
public readonly record struct Reply(ReadOnlySequence<byte> Answer) : IMessage<Reply>
{
    public static MessageType Type => MessageType.Reply;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Answer);

    public static Reply Read(ref MessagePackReader reader) => new(reader.ReadBin());
}

/// <summary>From a front end to the primary of an epoch: do this. Many are in flight; answered by Executed or Refused.</summary>
public readonly record struct Execute(Epoch Epoch, UserRequest Content) : IMessage<Execute>
{
    public static MessageType Type => MessageType.Execute;

    public static int FieldCount => 1 + UserRequest.Fields;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        Content.Write(ref writer);
    }

    public static Execute Read(ref MessagePackReader reader) => new(reader.ReadEpoch(), UserRequest.Read(ref reader));
}

/// <summary>
/// The primary's answer to Execute, sent at once and not yet meant for the user. The front end holds it until a Propagated of the same
/// epoch names this or a later reply.
/// </summary>
public readonly record struct Executed(Epoch Epoch, ReplyNumber Number, ReadOnlySequence<byte> Answer) : IMessage<Executed>
{
    public static MessageType Type => MessageType.Executed;

    public static int FieldCount => 3;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Number.Value);
        writer.Write(Answer);
    }

    public static Executed Read(ref MessagePackReader reader) => new(reader.ReadEpoch(), new ReplyNumber(reader.ReadUInt64()), reader.ReadPayload());
}

/// <summary>The barrier: "tell me when every reply you have made is safe on every member". Answered by Propagated or Refused.</summary>
public readonly record struct PropagateBackup(Epoch Epoch) : IMessage<PropagateBackup>
{
    public static MessageType Type => MessageType.PropagateBackup;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Epoch.Value);

    public static PropagateBackup Read(ref MessagePackReader reader) => new(reader.ReadEpoch());
}

/// <summary>Replies up to <see cref="Number"/> of this epoch may be given to their users.</summary>
public readonly record struct Propagated(Epoch Epoch, ReplyNumber Number) : IMessage<Propagated>
{
    public static MessageType Type => MessageType.Propagated;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.Write(Number.Value);
    }

    public static Propagated Read(ref MessagePackReader reader) => new(reader.ReadEpoch(), new ReplyNumber(reader.ReadUInt64()));
}
