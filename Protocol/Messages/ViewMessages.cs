using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Names;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>Asks for a group's view.</summary>
public readonly record struct GetView(string Group) : IMessage<GetView>
{
    public static MessageType Type => MessageType.GetView;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Group);

    public static GetView Read(ref MessagePackReader reader) => new(reader.ReadText(NameRules.GroupCharsMax));
}

/// <summary>A group's view, once it is on the name server's disk; null before Bootstrap.</summary>
public readonly record struct ViewIs(View? View, GroupHealth Health) : IMessage<ViewIs>
{
    public static MessageType Type => MessageType.ViewIs;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        View.Write(ref writer, View);
        writer.Write((byte)Health);
    }

    public static ViewIs Read(ref MessagePackReader reader) => new(View.ReadOptional(ref reader), reader.ReadEnum<GroupHealth>());
}

/// <summary>The kinds of transition from one view to the next; PROTOCOL.md's table says when each is legal.</summary>
public enum ProposalKind : byte
{
    Bootstrap = 1,

    /// <summary>Another primary, or the same one with fewer members or without joining.</summary>
    Promote = 2,
    Join = 3,
    Admit = 4,

    /// <summary>An operator's promotion of a replica that may lack acknowledged orders.</summary>
    Unclean = 5,

    /// <summary>An operator's repair of a register that was lost or restored from an old copy.</summary>
    Repair = 6,
}

/// <summary>
/// A front end's or operator's proposal for a group's next view. The name server checks that the expected epoch is the current one and
/// that the kind's rule holds, makes the view durable, and answers. The same proposal id, sent again, gets the same answer.
/// </summary>
/// <param name="Expected">The current epoch, as in the reports that the proposal is based on; none for Bootstrap.</param>
/// <param name="View">The view that the kind would make. Its epoch is expected + 1 (for Repair: the highest adopted one + 1,000).</param>
/// <param name="EvidenceEpoch">For Join and Admit: the epoch in which the primary reported the joining replica's state. None otherwise.</param>
/// <param name="EvidenceHolds">
/// For Join, the primary reports the joining replica nearly level; for Admit, that it has acked this epoch's ViewStarted.
/// </param>
public readonly record struct Propose(
    UInt128 ProposalId, ProposalKind Kind, Epoch Expected, View View, Epoch EvidenceEpoch, bool EvidenceHolds) : IMessage<Propose>
{
    public static MessageType Type => MessageType.Propose;

    public static int FieldCount => 6;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteId(ProposalId);
        writer.Write((byte)Kind);
        writer.Write(Expected.Value);
        View.Write(ref writer, View);
        writer.Write(EvidenceEpoch.Value);
        writer.Write(EvidenceHolds);
    }

    public static Propose Read(ref MessagePackReader reader) =>
        new(reader.ReadId(), reader.ReadEnum<ProposalKind>(), reader.ReadEpoch(), View.Read(ref reader), reader.ReadEpoch(),
            reader.ReadBoolean());
}

/// <summary>Whether a proposal became the view, and if not, why.</summary>
public enum ProposalOutcome : byte
{
    Accepted = 0,

    /// <summary>The current epoch is not the expected one: somebody else was first.</summary>
    LostRace = 1,

    /// <summary>The transition is not one that the kind allows.</summary>
    Illegal = 2,

    /// <summary>
    /// The name server has just started: it waits until every member has registered with its adopted epoch, or 1 s has passed.
    /// </summary>
    TooEarly = 3,

    /// <summary>The register was lost or restored from an old copy: an operator must run <c>nameserver repair</c>.</summary>
    NeedsRepair = 4,

    /// <summary>Bootstrap or Join of a replica that is not registered with that disk, or that is not fresh.</summary>
    NotRegistered = 5,

    /// <summary>Replicas of two clusters are registered under this group.</summary>
    TwoClusters = 6,
}

/// <summary>The answer to a proposal, with the view that is in force now.</summary>
public readonly record struct Proposed(ProposalOutcome Outcome, View? View) : IMessage<Proposed>
{
    public static MessageType Type => MessageType.Proposed;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write((byte)Outcome);
        View.Write(ref writer, View);
    }

    public static Proposed Read(ref MessagePackReader reader) => new(reader.ReadEnum<ProposalOutcome>(), View.ReadOptional(ref reader));
}
