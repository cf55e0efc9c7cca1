using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Names;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>A name at the name server and where it leads.</summary>
/// <param name="Disk">None for processes without a disk.</param>
/// <param name="Cluster">None for a replica that does not belong to a cluster yet.</param>
/// <param name="Adopted">
/// The epoch of the view that a replica has adopted. It shows when the register was restored from an old copy.
/// </param>
/// <param name="LeaseMs">How long the name is kept without a renewal; 0 means until it is removed.</param>
public sealed record Registration(
    string Name, Endpoint Endpoint, DiskId Disk, ClusterId Cluster, Epoch Adopted, IReadOnlyList<string> Metadata, BootId Boot, int LeaseMs)
{
    private const int Fields = 8;

    public static void Write(ref MessagePackWriter writer, Registration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        writer.WriteArrayHeader(Fields);
        writer.Write(registration.Name);
        writer.WriteEndpoint(registration.Endpoint);
        writer.WriteId(registration.Disk.Value);
        writer.WriteId(registration.Cluster.Value);
        writer.Write(registration.Adopted.Value);
        writer.WriteList(registration.Metadata, static (ref w, text) => w.Write(text));
        writer.WriteId(registration.Boot.Value);
        writer.Write(registration.LeaseMs);
    }

    public static Registration Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(Fields);
        return new Registration(
            reader.ReadText(NameRules.NameCharsMax), reader.ReadEndpoint(), new DiskId(reader.ReadId()), new ClusterId(reader.ReadId()),
            reader.ReadEpoch(), reader.ReadList(NameRules.MetadataCountMax, ReadMetadata), new BootId(reader.ReadId()), reader.ReadInt32());
    }

    internal static string ReadMetadata(ref MessagePackReader reader) => reader.ReadText(NameRules.MetadataCharsMax);
}

/// <summary>
/// Takes or renews a name. A name held by the same bootId is renewed; one held by another process is taken only if
/// <see cref="Replaces"/> names that process (which the newcomer has found dead), or <see cref="Always"/> is set.
/// </summary>
public readonly record struct Register(Registration Registration, BootId Replaces, bool Always) : IMessage<Register>
{
    public static MessageType Type => MessageType.Register;

    public static int FieldCount => 3;

    public void Write(ref MessagePackWriter writer)
    {
        Registration.Write(ref writer, Registration);
        writer.WriteId(Replaces.Value);
        writer.Write(Always);
    }

    public static Register Read(ref MessagePackReader reader) =>
        new(Registration.Read(ref reader), new BootId(reader.ReadId()), reader.ReadBoolean());
}

/// <summary>Whether a group's register fits what the group's replicas say.</summary>
public enum GroupHealth : byte
{
    Healthy = 0,

    /// <summary>A replica has adopted a view and the register has none: the name server was restored from nothing.</summary>
    RegisterLost = 1,

    /// <summary>A replica has adopted a later view than the register's: the name server was restored from an old copy.</summary>
    RegisterBehind = 2,

    /// <summary>Replicas of two clusters are registered under this group.</summary>
    TwoClusters = 3,
}

/// <summary>The name is held. <see cref="Health"/> is that of the group named in the registration's metadata.</summary>
public readonly record struct Registered(GroupHealth Health) : IMessage<Registered>
{
    public static MessageType Type => MessageType.Registered;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write((byte)Health);

    public static Registered Read(ref MessagePackReader reader) => new(reader.ReadEnum<GroupHealth>());
}

/// <summary>Removes one name, or every name with a prefix (then <see cref="IsPrefix"/> is set).</summary>
public readonly record struct Remove(string Name, bool IsPrefix) : IMessage<Remove>
{
    public static MessageType Type => MessageType.Remove;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Name);
        writer.Write(IsPrefix);
    }

    public static Remove Read(ref MessagePackReader reader) => new(reader.ReadText(NameRules.NameCharsMax), reader.ReadBoolean());
}

/// <summary>How many names were removed.</summary>
public readonly record struct Removed(int Count) : IMessage<Removed>
{
    public static MessageType Type => MessageType.Removed;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Count);

    public static Removed Read(ref MessagePackReader reader) => new(reader.ReadInt32());
}

/// <summary>Asks for one name.</summary>
public readonly record struct Lookup(string Name) : IMessage<Lookup>
{
    public static MessageType Type => MessageType.Lookup;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Name);

    public static Lookup Read(ref MessagePackReader reader) => new(reader.ReadText(NameRules.NameCharsMax));
}

/// <summary>The name asked for.</summary>
public readonly record struct Found(Registration Registration) : IMessage<Found>
{
    public static MessageType Type => MessageType.Found;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => Registration.Write(ref writer, Registration);

    public static Found Read(ref MessagePackReader reader) => new(Registration.Read(ref reader));
}

/// <summary>Asks for the names with a prefix and with all (or any, if <see cref="AnyMetadata"/>) of some metadata; empty filters let everything through.</summary>
public readonly record struct List(string Prefix, IReadOnlyList<string> Metadata, bool AnyMetadata) : IMessage<List>
{
    public static MessageType Type => MessageType.List;

    public static int FieldCount => 3;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Prefix);
        writer.WriteList(Metadata, static (ref w, text) => w.Write(text));
        writer.Write(AnyMetadata);
    }

    public static List Read(ref MessagePackReader reader) =>
        new(reader.ReadText(NameRules.NameCharsMax), reader.ReadList(NameRules.MetadataCountMax, Registration.ReadMetadata), reader.ReadBoolean());
}

/// <summary>The names asked for, in the order in which the name server first recorded them.</summary>
public readonly record struct Listed(IReadOnlyList<Registration> Registrations) : IMessage<Listed>
{
    /// <summary>As many as fit into a frame with room to spare; the name server never answers with more.</summary>
    public const int RegistrationsMax = 1000;

    public static MessageType Type => MessageType.Listed;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.WriteList(Registrations, Registration.Write);

    public static Listed Read(ref MessagePackReader reader) => new(reader.ReadList(RegistrationsMax, Registration.Read));
}

/// <summary>Asks how many names there are.</summary>
public readonly record struct Count : IMessage<Count>
{
    public static MessageType Type => MessageType.Count;

    public static int FieldCount => 0;

    public void Write(ref MessagePackWriter writer)
    {
    }

    public static Count Read(ref MessagePackReader reader) => default;
}

/// <summary>How many names there are.</summary>
public readonly record struct Counted(int Names) : IMessage<Counted>
{
    public static MessageType Type => MessageType.Counted;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.Write(Names);

    public static Counted Read(ref MessagePackReader reader) => new(reader.ReadInt32());
}

/// <summary>Why the name server does not do what it was asked.</summary>
public enum NameRefusal : byte
{
    /// <summary>Another process holds the name.</summary>
    NameInUse = 1,
    UnknownName = 2,

    /// <summary>A name, prefix, group or metadata that <see cref="NameRules"/> does not allow.</summary>
    InvalidName = 3,

    /// <summary>The name server already holds as many names as it keeps.</summary>
    TooManyNames = 4,
}

/// <summary>The answer to a request about names that was not done, with the registration that is in the way, if any.</summary>
public readonly record struct NameRefused(NameRefusal Reason, Registration? Holder) : IMessage<NameRefused>
{
    public static MessageType Type => MessageType.NameRefused;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write((byte)Reason);
        if (Holder is null)
            writer.WriteNil();
        else
            Registration.Write(ref writer, Holder);
    }

    public static NameRefused Read(ref MessagePackReader reader) =>
        new(reader.ReadEnum<NameRefusal>(), reader.TryReadNil() ? null : Registration.Read(ref reader));
}

/// <summary>"Are you there?", to any daemon.</summary>
public readonly record struct Ping : IMessage<Ping>
{
    public static MessageType Type => MessageType.Ping;

    public static int FieldCount => 0;

    public void Write(ref MessagePackWriter writer)
    {
    }

    public static Ping Read(ref MessagePackReader reader) => default;
}

/// <summary>"I am."</summary>
public readonly record struct Pong : IMessage<Pong>
{
    public static MessageType Type => MessageType.Pong;

    public static int FieldCount => 0;

    public void Write(ref MessagePackWriter writer)
    {
    }

    public static Pong Read(ref MessagePackReader reader) => default;
}
