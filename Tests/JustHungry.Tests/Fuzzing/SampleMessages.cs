using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.Protocol.Framing;
using MessagePack;

namespace JustHungry.Tests.Fuzzing;

/// <summary>A valid frame without its prefix, and how it is read.</summary>
internal sealed record Sample(MessageType Type, byte[] Frame, Action<byte[]> Read)
{
    public static Sample Of<T>(in T message, ulong correlation = 7)
        where T : struct, IMessage<T> =>
        new(T.Type, FrameBytes.Encode(correlation, message)[FrameLimits.PrefixBytes..], bytes => new Frame(new ReadOnlySequence<byte>(bytes)).As<T>());

    public override string ToString() => Type.ToString();
}

/// <summary>One valid message of each type, as they pass in a group of three in epoch 1, with every optional field there.</summary>
internal static class SampleMessages
{
    public static readonly Member One = new(new ReplicaId("1"), new DiskId(101));
    public static readonly Member Two = new(new ReplicaId("2"), new DiskId(102));
    public static readonly Member Three = new(new ReplicaId("3"), new DiskId(103));
    public static readonly ClusterId Cluster = new(77);

    private static readonly Endpoint Somewhere = new("127.0.0.1", 9090);

    private static readonly Registration Replica = new(
        "backend.JH_orders_1", Somewhere, One.Disk, Cluster, new Epoch(1),
        [NameRules.BackendMetadata, NameRules.GroupMetadata(NameRules.DefaultGroup), NameRules.IdMetadata(One.Id)], new BootId(11), 10_000);

    public static View View { get; } = new(Cluster, NameRules.DefaultGroup, new Epoch(1), One.Id, [One, Two], Three, 2, 0);

    public static IReadOnlyList<Sample> All { get; } =
    [
        Sample.Of(new Hello(Role.Replica, "1", One.Disk, new BootId(11), Cluster, NameRules.DefaultGroup)),
        Sample.Of(new HelloRefused(HelloRefusal.OtherGroup, 1)),
        Sample.Of(new Register(Replica, new BootId(4), true)), Sample.Of(new Registered(GroupHealth.RegisterBehind)),
        Sample.Of(new Remove("JH", true)), Sample.Of(new Removed(3)),
        Sample.Of(new Lookup("JH-front-end")), Sample.Of(new Found(Replica)),
        Sample.Of(new List("backend", ["backend", "id:1"], true)), Sample.Of(new Listed([Replica, Replica with { Name = "other" }])),
        Sample.Of(default(Count)), Sample.Of(new Counted(4)), Sample.Of(default(Ping)), Sample.Of(default(Pong)),
        Sample.Of(new GetView(NameRules.DefaultGroup)), Sample.Of(new ViewIs(View, GroupHealth.Healthy)),
        Sample.Of(new Propose(5, ProposalKind.Promote, new Epoch(1), View with { Epoch = new Epoch(2), Joining = null }, new Epoch(1), true)),
        Sample.Of(new Proposed(ProposalOutcome.LostRace, View)), Sample.Of(new NameRefused(NameRefusal.NameInUse, Replica)),
        Sample.Of(new GetHistory(NameRules.DefaultGroup, new Epoch(3))), Sample.Of(new HistoryIs([new MadeView(ProposalKind.Join, View, 1_700_000_000)])),
        Sample.Of(default(Status)), Sample.Of(new NewView(View, [new MemberEndpoint(One, Somewhere), new MemberEndpoint(Two, Somewhere)])),
        Sample.Of(new StatusReport(
            One, new BootId(11), Cluster, ReplicaRole.Primary, View, new EntryPosition(new EntryIndex(5), new Epoch(1)), new EntryIndex(4), true, true, 3,
            [new SpareReport(Three, true, true)], 1_795_348_800_000)),
        Sample.Of(new ViewAdopted(new Epoch(1))), Sample.Of(new Sync(Three, Somewhere)),
        Sample.Of(new MemberStalled(new Epoch(1), [new StalledMember(Two, StallReason.LostEntries)])),
        Sample.Of(new Resigning(new Epoch(1))), Sample.Of(new Leaving(new Epoch(1))),
        Sample.Of(new Execute(new Epoch(1), RequestOf(RequestKind.PlaceOrder))), Sample.Of(new Executed(new Epoch(1), new ReplyNumber(9), AnAnswer)),
        Sample.Of(new PropagateBackup(new Epoch(1))), Sample.Of(new Propagated(new Epoch(1), new ReplyNumber(9))), Sample.Of(new Refused(Refusal.OldEpoch, View)),
        Sample.Of(Server.Replication.ReplicaRig.AppendOf(1, 3, new EntryPosition(new EntryIndex(2), new Epoch(1)), Server.Replication.ReplicaRig.BatchOf(3, 1, 2), 2)),
        Sample.Of(new Appended(new Epoch(1), new Round(3), new EntryIndex(2), 1_795_348_800_000)),
        Sample.Of(new Mismatch(new Epoch(1), new EntryIndex(2), new EntryIndex(1), new EntryIndex(1))),
        Sample.Of(new TransferBegin(new Epoch(1), new TransferId(1), new EntryPosition(new EntryIndex(9), new Epoch(1)))),
        Sample.Of(new TransferReady(new Epoch(1), new TransferId(1), 0)), Sample.Of(new TransferRows(new Epoch(1), new TransferId(1), 0, 5, AnAnswer)),
        Sample.Of(new TransferEnd(new Epoch(1), new TransferId(1), 1)), Sample.Of(new TransferRefused(new Epoch(1), new TransferId(1))),
        Sample.Of(new Request(RequestOf(RequestKind.PlaceOrder))), Sample.Of(new Reply(AnAnswer)),
        Sample.Of(default(FrontEndStatus)), Sample.Of(new FrontEndReport(new BootId(6), new Epoch(1), true, 2, 3, 4)),
    ];

    private static ReadOnlySequence<byte> AnAnswer => new(new RefusalAnswer(AnswerCode.LowStock, Product: "Pizza", Left: 3).ToBytes());

    /// <summary>A request of each kind with a valid body.</summary>
    public static UserRequest RequestOf(RequestKind kind, ulong sequence = 1) => new(
        new UserId(5), default, new Sequence(kind.IsUpdate() ? sequence : 0), new RequestId(kind.IsUpdate() ? sequence : 0), kind, new ReadOnlySequence<byte>(BodyOf(kind)));

    private static byte[] BodyOf(RequestKind kind)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        if (kind.IsOwners())
            writer.WriteOwnerKey(OwnerKey.FromBytes(new byte[OwnerKey.Bytes]));
        switch (kind)
        {
            case RequestKind.UserDetails:
                CustomerDetails.Write(ref writer, new CustomerDetails("Ann", "Lee", "07-1", "YO1 1AA", "1 High St"));
                break;
            case RequestKind.PlaceOrder:
                OrderDraft.Write(ref writer, new OrderDraft([new CartLine("Pizza", 2), new CartLine("Cola", 1)], Delivery.SameDay, new Pence(50), new Pence(2_000)));
                break;
            case RequestKind.OrderCost:
                RequestBodies.WriteLines(ref writer, [new CartLine("Pizza", 2)]);
                break;
            case RequestKind.Cancel or RequestKind.ViewOrders or RequestKind.ViewActive:
                RequestBodies.WriteOrderId(ref writer, 1);
                break;
            case RequestKind.AddProduct:
                Product.Write(ref writer, new Product("Soup", 5, new Pence(300)));
                break;
            case RequestKind.SetPrice:
                NewPrice.Write(ref writer, new NewPrice("Pizza", new Pence(900)));
                break;
            case RequestKind.Restock:
                CartLine.Write(ref writer, new CartLine("Pizza", 5));
                break;
            case RequestKind.RetireProduct:
                OwnerBodies.WriteName(ref writer, "Cola");
                break;
            case RequestKind.CompleteOrder:
            case RequestKind.CancelForUser:
                OrderOfUser.Write(ref writer, new OrderOfUser(new UserId(5), 1));
                break;
            case RequestKind.RotateOwnerKey:
                OwnerBodies.WriteHash(ref writer, new KeyHash(1, 2));
                break;
            case RequestKind.ShopOrders:
                ShopOrdersQuery.Write(ref writer, new ShopOrdersQuery(OrderNumber.None, false));
                break;
            case RequestKind.ShopReport:
                ShopReportQuery.Write(ref writer, new ShopReportQuery(OrderNumber.None, 0));
                break;
            default:
                writer.WriteNil();
                break;
        }

        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
