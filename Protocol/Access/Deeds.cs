using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.Protocol.Access;

/// <summary>Which deed a frame is, judged by its type, its content and who sent it. Pure.</summary>
public static class Deeds
{
    /// <exception cref="ProtocolViolationException">The frame is malformed.</exception>
    public static Deed AtNameServer(in Hello peer, in Frame frame) => frame.Type switch
    {
        MessageType.Ping => Deed.Ping,
        MessageType.Lookup => NameRules.IsFrontEnd(frame.As<Lookup>().Name) ? Deed.LookupFrontEnd : Deed.Lookup,
        MessageType.List => AsksFrontEndsOnly(frame.As<List>()) ? Deed.ListFrontEnds : Deed.List,
        MessageType.Count => Deed.Count,
        MessageType.GetView => Deed.GetView,
        MessageType.GetHistory => Deed.GetHistory,
        MessageType.Register => OfRegistration(peer, frame.As<Register>()),
        MessageType.Remove => IsOwn(peer, frame.As<Remove>()) ? Deed.RemoveOwn : Deed.Remove,
        MessageType.Propose => OfProposal(peer, frame.As<Propose>()),
        _ => Deed.None,
    };

    /// <exception cref="ProtocolViolationException">The frame is malformed.</exception>
    public static Deed AtReplica(in Hello peer, in Frame frame) => frame.Type switch
    {
        MessageType.Execute => Deed.Execute,
        MessageType.PropagateBackup => Deed.PropagateBackup,
        MessageType.Append => Deed.Append,
        MessageType.Status => Deed.Status,
        MessageType.Ping => Deed.Ping,
        MessageType.NewView => peer.Replica is { } self && frame.As<NewView>().View.IsPrimary(self) ? Deed.NewViewOfOwn : Deed.NewView,
        MessageType.Sync => Deed.Sync,
        MessageType.TransferBegin => Deed.TransferBegin,
        MessageType.TransferRows => Deed.TransferRows,
        MessageType.TransferEnd => Deed.TransferEnd,
        _ => Deed.None,
    };

    public static Deed AtFrontEnd(MessageType type) => type switch
    {
        MessageType.Request => Deed.Request,
        MessageType.Ping => Deed.Ping,
        MessageType.FrontEndStatus => Deed.FrontEndStatus,
        _ => Deed.None,
    };

    /// <summary>Nobody proposes for another group than its own.</summary>
    private static Deed OfProposal(in Hello peer, in Propose proposal) => proposal.View.Group != peer.Group ? Deed.None : proposal.Kind switch
    {
        ProposalKind.Bootstrap => Deed.ProposeBootstrap,
        ProposalKind.Promote => Deed.ProposePromote,
        ProposalKind.Join => Deed.ProposeJoin,
        ProposalKind.Admit => Deed.ProposeAdmit,
        ProposalKind.Unclean => Deed.ProposeUnclean,
        ProposalKind.Repair => Deed.ProposeRepair,
        _ => Deed.None,
    };

    /// <summary>Nobody registers anything for another group than its own.</summary>
    private static Deed OfRegistration(in Hello peer, in Register request) =>
        IsOwn(peer, request) ? Deed.RegisterOwn
        : NameRules.IsOfAnother(peer.Group, request.Registration.Metadata) ? Deed.None
        : Deed.Register;

    private static bool AsksFrontEndsOnly(in List list) => !list.AnyMetadata && list.Metadata.Contains(NameRules.FrontEndMetadata);

    /// <summary>
    /// The name, disk and metadata are those of the process that asks. The metadata matter as much as the name: they decide whom users take
    /// for a front end, and front ends for a replica.
    /// </summary>
    private static bool IsOwn(in Hello peer, in Register request)
    {
        Registration own = request.Registration;
        if (request.Always || own.Boot != peer.Boot || !IsOwnName(peer, own.Name))
            return false;

        return peer.Role == Role.FrontEnd
            ? Says(own, NameRules.FrontEndMetadata, NameRules.GroupMetadata(peer.Group))
            : own.Disk == peer.Disk && Says(own, NameRules.BackendMetadata, NameRules.GroupMetadata(peer.Group), NameRules.IdMetadata(new ReplicaId(peer.Id)));
    }

    private static bool IsOwn(in Hello peer, in Remove request) => !request.IsPrefix && IsOwnName(peer, request.Name);

    private static bool IsOwnName(in Hello peer, string name) => peer.Role switch
    {
        Role.FrontEnd => name == NameRules.FrontEnd || name == NameRules.FrontEndOf(peer.Boot),
        Role.Replica => ReplicaId.IsValid(peer.Id) && name == NameRules.Replica(peer.Group, new ReplicaId(peer.Id)),
        _ => false,
    };

    private static bool Says(Registration registration, params string[] metadata) => registration.Metadata.SequenceEqual(metadata);
}
