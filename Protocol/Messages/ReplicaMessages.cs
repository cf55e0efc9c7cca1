using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>What a replica is in the view it has adopted.</summary>
public enum ReplicaRole : byte
{
    /// <summary>Registered, not in the view.</summary>
    Spare = 1,
    Joining = 2,
    Backup = 3,
    Primary = 4,
}

/// <summary>Asks a replica for its status. Front ends ask every 100 ms, so this is their heartbeat too.</summary>
public readonly record struct Status : IMessage<Status>
{
    public static MessageType Type => MessageType.Status;

    public static int FieldCount => 0;

    public void Write(ref MessagePackWriter writer)
    {
    }

    public static Status Read(ref MessagePackReader reader) => default;
}

/// <summary>How far a replica that is not a member has come, as the primary sees it in this epoch.</summary>
/// <param name="NearlyLevel">
/// It has fsynced this epoch's ViewStarted, lacks few entries, and has lately acked everything in good time: Join may follow.
/// </param>
/// <param name="AckedViewStarted">It has acked this epoch's ViewStarted: Admit may follow.</param>
public readonly record struct SpareReport(Member Member, bool NearlyLevel, bool AckedViewStarted)
{
    public static void Write(ref MessagePackWriter writer, SpareReport spare)
    {
        writer.WriteArrayHeader(3);
        writer.WriteMember(spare.Member);
        writer.Write(spare.NearlyLevel);
        writer.Write(spare.AckedViewStarted);
    }

    public static SpareReport Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(3);
        return new SpareReport(reader.ReadMember(), reader.ReadBoolean(), reader.ReadBoolean());
    }
}

/// <summary>
/// A replica's status. Everything that it reports is durable there: the view it has adopted, and the log up to <see cref="Last"/>.
/// </summary>
/// <param name="View">The adopted view; null before the first.</param>
/// <param name="Leading">
/// It is the view's primary and leads: it has adopted the view since its process started, and executes requests.
/// </param>
/// <param name="HearsPrimary">
/// Its connection from the primary is open and a frame came on it within the last 300 ms. True for a leading primary.
/// </param>
/// <param name="Reaches">How many replicas of the view, itself included, it has an answering connection with.</param>
/// <param name="Spares">From a leading primary, the spares that it keeps in sync.</param>
/// <param name="UtcMs">Its clock when it answered, in milliseconds since 1970-01-01 UTC; null from an earlier version.</param>
public readonly record struct StatusReport(
    Member Self, BootId Boot, ClusterId Cluster, ReplicaRole Role, View? View, EntryPosition Last, EntryIndex Commit, bool Leading, bool HearsPrimary,
    int Reaches, IReadOnlyList<SpareReport> Spares, long? UtcMs) : IMessage<StatusReport>
{
    public static MessageType Type => MessageType.StatusReport;

    public static int FieldCount => 13; // last is two

    public static int FieldCountLeast => 12;

    /// <summary>The epoch of the adopted view.</summary>
    public Epoch Adopted => View?.Epoch ?? Epoch.None;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteMember(Self);
        writer.WriteId(Boot.Value);
        writer.WriteId(Cluster.Value);
        writer.Write((byte)Role);
        View.Write(ref writer, View);
        writer.WritePosition(Last);
        writer.Write(Commit.Value);
        writer.Write(Leading);
        writer.Write(HearsPrimary);
        writer.Write(Reaches);
        writer.WriteList(Spares, SpareReport.Write);
        writer.WriteClock(UtcMs);
    }

    public static StatusReport Read(ref MessagePackReader reader) => Read(ref reader, FieldCount);

    public static StatusReport Read(ref MessagePackReader reader, int count) =>
        new(reader.ReadMember(), new BootId(reader.ReadId()), new ClusterId(reader.ReadId()), reader.ReadEnum<ReplicaRole>(), View.ReadOptional(ref reader),
            reader.ReadPosition(), reader.ReadEntryIndex(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadInt32(),
            reader.ReadList(View.MembersMax, SpareReport.Read), reader.ReadClock(isThere: count >= FieldCount));
}

/// <summary>Where a replica listens now.</summary>
public readonly record struct MemberEndpoint(Member Member, Endpoint Endpoint)
{
    public static void Write(ref MessagePackWriter writer, MemberEndpoint member)
    {
        writer.WriteArrayHeader(2);
        writer.WriteMember(member.Member);
        writer.WriteEndpoint(member.Endpoint);
    }

    public static MemberEndpoint Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new MemberEndpoint(reader.ReadMember(), reader.ReadEndpoint());
    }
}

/// <summary>
/// The whole view that is in force, from a front end or at the head of the primary's stream. The replica adopts it if its epoch is
/// higher.
/// </summary>
public readonly record struct NewView(View View, IReadOnlyList<MemberEndpoint> Endpoints) : IMessage<NewView>
{
    public static MessageType Type => MessageType.NewView;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        View.Write(ref writer, View);
        writer.WriteList(Endpoints, MemberEndpoint.Write);
    }

    public static NewView Read(ref MessagePackReader reader) => new(View.Read(ref reader), reader.ReadList(View.MembersMax, MemberEndpoint.Read));
}

/// <summary>The answer to NewView: the view of this epoch is on the replica's disk.</summary>
public readonly record struct ViewAdopted(Epoch Epoch) : IMessage<ViewAdopted>
{
    public static MessageType Type => MessageType.ViewAdopted;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Epoch.Value);

    public static ViewAdopted Read(ref MessagePackReader reader) => new(reader.ReadEpoch());
}

/// <summary>Tells the primary of a spare to keep in sync, or of a replica's new endpoint. No answer.</summary>
public readonly record struct Sync(Member Member, Endpoint Endpoint) : IMessage<Sync>
{
    public static MessageType Type => MessageType.Sync;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteMember(Member);
        writer.WriteEndpoint(Endpoint);
    }

    public static Sync Read(ref MessagePackReader reader) => new(reader.ReadMember(), reader.ReadEndpoint());
}

/// <summary>Why a member holds up the barriers.</summary>
public enum StallReason : byte
{
    /// <summary>No ack for 500 ms.</summary>
    Silent = 1,

    /// <summary>Its connection broke and was not back within 500 ms.</summary>
    Disconnected = 2,

    /// <summary>It lacks an entry at or below the commit index: a lying disk, or an old copy of one.</summary>
    LostEntries = 3,
}

/// <summary>One member that holds up the barriers.</summary>
public readonly record struct StalledMember(Member Member, StallReason Reason)
{
    public static void Write(ref MessagePackWriter writer, StalledMember member)
    {
        writer.WriteArrayHeader(2);
        writer.WriteMember(member.Member);
        writer.Write((byte)member.Reason);
    }

    public static StalledMember Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(2);
        return new StalledMember(reader.ReadMember(), reader.ReadEnum<StallReason>());
    }
}

/// <summary>
/// From the primary to its front ends, unasked, every 500 ms while the stall lasts. May name the primary itself, if its disk hangs.
/// </summary>
public readonly record struct MemberStalled(Epoch Epoch, IReadOnlyList<StalledMember> Members) : IMessage<MemberStalled>
{
    public static MessageType Type => MessageType.MemberStalled;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Epoch.Value);
        writer.WriteList(Members, StalledMember.Write);
    }

    public static MemberStalled Read(ref MessagePackReader reader) =>
        new(reader.ReadEpoch(), reader.ReadList(View.MembersMax, StalledMember.Read));
}

/// <summary>From a primary that is about to stop: promote another, and it will go then.</summary>
public readonly record struct Resigning(Epoch Epoch) : IMessage<Resigning>
{
    public static MessageType Type => MessageType.Resigning;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Epoch.Value);

    public static Resigning Read(ref MessagePackReader reader) => new(reader.ReadEpoch());
}

/// <summary>From a backup that is about to stop: it may be dropped at once.</summary>
public readonly record struct Leaving(Epoch Epoch) : IMessage<Leaving>
{
    public static MessageType Type => MessageType.Leaving;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Epoch.Value);

    public static Leaving Read(ref MessagePackReader reader) => new(reader.ReadEpoch());
}

/// <summary>Why a replica did not act on a message.</summary>
public enum Refusal : byte
{
    /// <summary>The message's epoch is older than the adopted one, whose view comes with the refusal.</summary>
    OldEpoch = 1,

    /// <summary>The message's epoch is newer than the adopted one: send the view first.</summary>
    NeedView = 2,

    /// <summary>It does not lead in this epoch.</summary>
    NotLeading = 3,

    /// <summary>It has too much to do already; nothing was done for the request.</summary>
    Overloaded = 4,

    /// <summary>It belongs to another cluster, or holds a history that forked from that view's.</summary>
    OtherCluster = 5,

    /// <summary>An Append or transfer from one that is not the adopted view's primary.</summary>
    NotPrimary = 6,
}

/// <summary>The answer to any message that a replica did not act on.</summary>
public readonly record struct Refused(Refusal Reason, View? View) : IMessage<Refused>
{
    public static MessageType Type => MessageType.Refused;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write((byte)Reason);
        View.Write(ref writer, View);
    }

    public static Refused Read(ref MessagePackReader reader) => new(reader.ReadEnum<Refusal>(), View.ReadOptional(ref reader));
}
