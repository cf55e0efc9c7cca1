using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>An operator asks a front end for its status.</summary>
public readonly record struct FrontEndStatus : IMessage<FrontEndStatus>
{
    public static MessageType Type => MessageType.FrontEndStatus;

    public static int FieldCount => 0;

    public void Write(ref MessagePackWriter writer)
    {
    }

    public static FrontEndStatus Read(ref MessagePackReader reader) => default;
}

/// <summary>A front end's status.</summary>
/// <param name="Epoch">The epoch of the view that it works in; none before the first view.</param>
/// <param name="HearsPrimary">The primary answered it within 300 ms.</param>
/// <param name="Users">Connected users.</param>
/// <param name="Waiting">Requests it has taken and not answered yet.</param>
/// <param name="OrdersPlaced">How many orders it has reported to users as placed since its start.</param>
public readonly record struct FrontEndReport(BootId Boot, Epoch Epoch, bool HearsPrimary, int Users, int Waiting, long OrdersPlaced) : IMessage<FrontEndReport>
{
    public static MessageType Type => MessageType.FrontEndReport;

    public static int FieldCount => 6;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteId(Boot.Value);
        writer.Write(Epoch.Value);
        writer.Write(HearsPrimary);
        writer.Write(Users);
        writer.Write(Waiting);
        writer.Write(OrdersPlaced);
    }

    public static FrontEndReport Read(ref MessagePackReader reader) =>
        new(new BootId(reader.ReadId()), reader.ReadEpoch(), reader.ReadBoolean(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64());
}
