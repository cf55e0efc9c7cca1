using JustHungry.Protocol.Access;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Tests.Fuzzing;
using static JustHungry.Tests.Fuzzing.SampleMessages;

namespace JustHungry.Tests.Protocol.Access;

/// <summary>A row of the table "Who may ask what": what it says, which deed that is, and a frame that asks it, from a peer of each role.</summary>
internal sealed record AccessRow(Role At, string Asks, Deed Deed, Func<Hello, byte[]> Frame)
{
    private const string Group = NameRules.DefaultGroup;
    private static readonly Endpoint Somewhere = new("127.0.0.1", 9090);

    public static IReadOnlyList<AccessRow> All { get; } =
    [
        new(Role.NameServer, "`Ping`", Deed.Ping, Of(default(Ping))),
        new(Role.NameServer, "`Lookup` of a front end's name", Deed.LookupFrontEnd, Of(new Lookup("JH-front-end.0123"))),
        new(Role.NameServer, "`Lookup` of any other", Deed.Lookup, Of(new Lookup("JH-front-ended"))),
        new(Role.NameServer, "`List` with all of some metadata, among it `front-end`", Deed.ListFrontEnds, Of(new List("", [NameRules.GroupMetadata(Group), "front-end"], false))),
        new(Role.NameServer, "`List` of anything else", Deed.List, Of(new List("JH-front-end", ["front-end", "backend"], true))),
        new(Role.NameServer, "`Count`", Deed.Count, Of(default(Count))),
        new(Role.NameServer, "`GetView`", Deed.GetView, Of(new GetView(Group))),
        new(Role.NameServer, "`GetHistory`", Deed.GetHistory, Of(new GetHistory(Group, Epoch.None))),
        new(Role.NameServer, "`Register` of its own name, with its own disk, bootId and metadata", Deed.RegisterOwn, p => Bytes(new Register(OwnOf(p), BootId.None, false))),
        new(Role.NameServer, "`Register` of another name, or with `always`", Deed.Register, p => Bytes(new Register(OwnOf(p), BootId.None, true))),
        new(Role.NameServer, "`Remove` of its own name", Deed.RemoveOwn, p => Bytes(new Remove(OwnOf(p).Name, false))),
        new(Role.NameServer, "`Remove` of another name, or of a prefix", Deed.Remove, p => Bytes(new Remove(OwnOf(p).Name, true))),
        new(Role.NameServer, "`Propose` Bootstrap", Deed.ProposeBootstrap, Proposal(ProposalKind.Bootstrap)),
        new(Role.NameServer, "`Propose` Promote", Deed.ProposePromote, Proposal(ProposalKind.Promote)),
        new(Role.NameServer, "`Propose` Join", Deed.ProposeJoin, Proposal(ProposalKind.Join)),
        new(Role.NameServer, "`Propose` Admit", Deed.ProposeAdmit, Proposal(ProposalKind.Admit)),
        new(Role.NameServer, "`Propose` Unclean", Deed.ProposeUnclean, Proposal(ProposalKind.Unclean)),
        new(Role.NameServer, "`Propose` Repair", Deed.ProposeRepair, Proposal(ProposalKind.Repair)),
        new(Role.Replica, "`Ping`", Deed.Ping, Of(default(Ping))),
        new(Role.Replica, "`Status`", Deed.Status, Of(default(Status))),
        new(Role.Replica, "`NewView` of a view whose primary it is", Deed.NewViewOfOwn, Of(new NewView(SampleMessages.View with { Primary = Two.Id }, []))),
        new(Role.Replica, "`NewView` of any other view", Deed.NewView, Of(new NewView(SampleMessages.View, []))),
        new(Role.Replica, "`Sync`", Deed.Sync, Of(new Sync(Three, Somewhere))),
        Sampled(Role.Replica, Deed.Execute), Sampled(Role.Replica, Deed.PropagateBackup), Sampled(Role.Replica, Deed.Append), Sampled(Role.Replica, Deed.TransferBegin),
        Sampled(Role.Replica, Deed.TransferRows), Sampled(Role.Replica, Deed.TransferEnd),
        new(Role.FrontEnd, "`Ping`", Deed.Ping, Of(default(Ping))),
        Sampled(Role.FrontEnd, Deed.Request), Sampled(Role.FrontEnd, Deed.FrontEndStatus),
    ];

    /// <summary>Who asks: replica 2 on its disk, or another process of the group.</summary>
    public static Hello HelloOf(Role role) => new(role, Two.Id.Value, Two.Disk, new BootId(12), ClusterId.None, Group);

    public override string ToString() => $"{At} {Asks}";

    private static Func<Hello, byte[]> Of<T>(T message)
        where T : struct, IMessage<T> => _ => Bytes(message);

    private static byte[] Bytes<T>(in T message)
        where T : struct, IMessage<T> => Sample.Of(message).Frame;

    private static AccessRow Sampled(Role at, Deed deed) => new(at, $"`{deed}`", deed, _ => SampleMessages.All.Single(s => s.Type.ToString() == deed.ToString()).Frame);

    private static Func<Hello, byte[]> Proposal(ProposalKind kind) => Of(new Propose(5, kind, Epoch.None, SampleMessages.View with { Joining = null }, Epoch.None, false));

    /// <summary>What a front end or replica would register; a user or operator tries a front end's.</summary>
    public static Registration OwnOf(Hello peer) => peer.Role == Role.Replica
        ? new Registration(
            NameRules.Replica(Group, Two.Id), Somewhere, Two.Disk, ClusterId.None, Epoch.None,
            [NameRules.BackendMetadata, NameRules.GroupMetadata(Group), NameRules.IdMetadata(Two.Id)], peer.Boot, 10_000)
        : new Registration(
            NameRules.FrontEndOf(peer.Boot), Somewhere, DiskId.None, ClusterId.None, Epoch.None, [NameRules.FrontEndMetadata, NameRules.GroupMetadata(Group)], peer.Boot, 10_000);
}
