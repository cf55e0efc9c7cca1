using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;

namespace JustHungry.Tests.Fakes;

/// <summary>Records what a core does to its connections; every message goes through its real encoding. Nothing happens by itself.</summary>
internal sealed class FakeNetwork : INetwork
{
    private readonly FrameWriter _writer = new();
    private long _lastConnection;

    public List<SentFrame> Sent { get; } = [];

    public List<(ConnectionId Connection, Endpoint Endpoint)> Dialled { get; } = [];

    public List<ConnectionId> Closed { get; } = [];

    /// <summary>What a test says that a connection leaves unsent.</summary>
    public Dictionary<ConnectionId, long> UnsentTo { get; } = [];

    public long Unsent(ConnectionId connection) => UnsentTo.GetValueOrDefault(connection);

    public ConnectionId Dial(Endpoint endpoint)
    {
        ConnectionId connection = NextConnection();
        Dialled.Add((connection, endpoint));
        return connection;
    }

    public void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T> => Sent.Add(new SentFrame(connection, correlation, T.Type, Encode(correlation, message)));

    public void Close(ConnectionId connection) => Closed.Add(connection);

    /// <summary>The id of a connection that a peer opens.</summary>
    public ConnectionId NextConnection() => new(++_lastConnection);

    /// <summary>A frame's bytes without its prefix, as a core receives them.</summary>
    public ReadOnlySequence<byte> Encode<T>(ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        var output = new ArrayBufferWriter<byte>();
        _writer.Write(output, correlation, message);
        return new ReadOnlySequence<byte>(output.WrittenMemory[FrameLimits.PrefixBytes..].ToArray());
    }
}

/// <summary>One frame that a core sent.</summary>
internal sealed record SentFrame(ConnectionId To, ulong Correlation, MessageType Type, ReadOnlySequence<byte> Bytes)
{
    public T As<T>()
        where T : struct, IMessage<T> => new Frame(Bytes).As<T>();
}
