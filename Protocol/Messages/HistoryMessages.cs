using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Names;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>Asks for a group's views, in the order they were made, from the one that follows an epoch.</summary>
public readonly record struct GetHistory(string Group, Epoch After) : IMessage<GetHistory>
{
    public static MessageType Type => MessageType.GetHistory;

    public static int FieldCount => 2;

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Group);
        writer.Write(After.Value);
    }

    public static GetHistory Read(ref MessagePackReader reader) =>
        new(reader.ReadText(NameRules.GroupCharsMax), reader.ReadEpoch());
}

/// <summary>A view, and the kind of the proposal that made it.</summary>
/// <param name="MadeAt">
/// When it was made, in seconds since 1970-01-01 UTC by the name server's clock; only for people to read. 0 if unknown.
/// </param>
public sealed record MadeView(ProposalKind Kind, View View, long MadeAt = 0)
{
    public static void Write(ref MessagePackWriter writer, MadeView made)
    {
        ArgumentNullException.ThrowIfNull(made);
        writer.WriteArrayHeader(3);
        writer.Write((byte)made.Kind);
        View.Write(ref writer, made.View);
        writer.Write(made.MadeAt);
    }

    public static MadeView Read(ref MessagePackReader reader)
    {
        reader.ExpectArray(3);
        var made = new MadeView(reader.ReadEnum<ProposalKind>(), View.Read(ref reader), reader.ReadInt64());
        return IsTime(made.MadeAt) ? made : throw new MessagePackSerializationException("a time that is none");
    }

    /// <summary>True for seconds that a calendar can show.</summary>
    public static bool IsTime(long seconds) => seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
}

/// <summary>The views asked for; empty when there are no more.</summary>
public readonly record struct HistoryIs(IReadOnlyList<MadeView> Views) : IMessage<HistoryIs>
{
    /// <summary>A view with 64 members is 3.5 KiB, so this many fit into a frame with room to spare.</summary>
    public const int ViewsMax = 200;

    public static MessageType Type => MessageType.HistoryIs;

    public static int FieldCount => 1;

    public void Write(ref MessagePackWriter writer) => writer.WriteList(Views, MadeView.Write);

    public static HistoryIs Read(ref MessagePackReader reader) => new(reader.ReadList(ViewsMax, MadeView.Read));
}
