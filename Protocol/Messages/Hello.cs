using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>What a process is to its peer.</summary>
public enum Role : byte
{
    User = 1,
    FrontEnd = 2,
    Replica = 3,
    Operator = 4,
    NameServer = 5,
}

/// <summary>The first frame in each direction of every connection: the dialler's first, then the listener's answer.</summary>
public readonly record struct Hello(
    Role Role, string Id, DiskId Disk, BootId Boot, ClusterId Cluster, string Group, ushort Version = Hello.CurrentVersion)
    : IMessage<Hello>
{
    /// <summary>'JHUN', so that a stray client of another protocol is recognised at the first frame.</summary>
    public const uint Magic = 0x4A48554E;

    public const ushort CurrentVersion = 1;

    private const int IdBytesMax = 64;

    public static MessageType Type => MessageType.Hello;

    public static int FieldCount => 8;

    /// <summary>The replica that this process says it is; null if it is none.</summary>
    public Member? Replica => Role == Role.Replica && ReplicaId.IsValid(Id) ? new Member(new ReplicaId(Id), Disk) : null;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write((byte)Role);
        writer.Write(Id);
        writer.WriteId(Disk.Value);
        writer.WriteId(Boot.Value);
        writer.WriteId(Cluster.Value);
        writer.Write(Group);
    }

    public static Hello Read(ref MessagePackReader reader)
    {
        if (reader.ReadUInt32() != Magic)
            throw new MessagePackSerializationException("not a JustHungry peer");
        ushort version = reader.ReadUInt16();
        return new Hello(
            reader.ReadEnum<Role>(), ReadId(ref reader), new DiskId(reader.ReadId()), new BootId(reader.ReadId()),
            new ClusterId(reader.ReadId()), reader.ReadText(Names.NameRules.GroupCharsMax), version);
    }

    /// <summary>It is for people, and stands in the log: nobody may write lines there, or move a terminal's cursor.</summary>
    private static string ReadId(ref MessagePackReader reader)
    {
        string id = reader.ReadText(IdBytesMax);
        return id.Any(char.IsControl) ? throw new MessagePackSerializationException("a hello whose id has control characters") : id;
    }
}

/// <summary>Why a hello was not accepted.</summary>
public enum HelloRefusal : byte
{
    Version = 1,
    WrongRole = 2,
    OtherGroup = 3,
    OtherCluster = 4,
    Stopping = 5,

    /// <summary>The listener takes no connections without TLS.</summary>
    TlsRequired = 6,

    /// <summary>Only users may come without a certificate.</summary>
    CertificateRequired = 7,

    /// <summary>The certificate is not of this cluster.</summary>
    UnknownAuthority = 8,

    /// <summary>The certificate has expired, or is not valid yet.</summary>
    Expired = 9,

    /// <summary>The hello says something else than the certificate.</summary>
    WrongIdentity = 10,
}

/// <summary>The listener's answer to a hello that it does not accept, after which it closes the connection.</summary>
public readonly record struct HelloRefused(HelloRefusal Reason, ushort Version) : IMessage<HelloRefused>
{
    public static MessageType Type => MessageType.HelloRefused;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write((byte)Reason);
        writer.Write(Version);
    }

    public static HelloRefused Read(ref MessagePackReader reader) => new(reader.ReadEnum<HelloRefusal>(), reader.ReadUInt16());
}
