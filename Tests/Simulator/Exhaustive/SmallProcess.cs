using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>A process of the small world: a core and its connections. Its clock does not move.</summary>
internal abstract class SmallProcess(SmallWorld world, int number, string name) : INetwork
{
    private readonly FrameWriter _frames = new();
    private long _lastConnection;

    public int Number { get; } = number;

    public string Name { get; } = name;

    public List<SmallEnd> Ends { get; } = [];

    protected SmallWorld World { get; } = world;

    public abstract bool IsUp { get; }

    public abstract Hello OwnHello();

    public abstract void Opened(ConnectionId connection, in Hello peer);

    public abstract void Received(ConnectionId connection, in Frame frame);

    public abstract void Closed(ConnectionId connection);

    /// <summary>Ends a batch, which is everything that reached this core or its disk at one time.</summary>
    public abstract void EndBatch();

    public abstract void HashInto(StateHash hash);

    /// <summary>True if frames of this kind change nothing here; they are dropped, to save interleavings.</summary>
    public virtual bool Ignores(MessageType type) => false;

    public ConnectionId NextConnection() => new(++_lastConnection);

    public SmallEnd? Find(ConnectionId connection) => Ends.Find(e => e.Id == connection && e.IsOpen);

    public ConnectionId Dial(Endpoint endpoint)
    {
        ConnectionId id = NextConnection();
        World.Dials(this, id, endpoint);
        return id;
    }

    public virtual void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        if (Find(connection) is not { } end || end.Other.Owner.Ignores(T.Type))
            return;
        var output = new ArrayBufferWriter<byte>(128);
        _frames.Write(output, correlation, message);
        end.Other.Put(output.WrittenSpan[FrameLimits.PrefixBytes..].ToArray());
    }

    public void Close(ConnectionId connection)
    {
        World.Forget(this, connection);
        Find(connection)?.Close();
        Ends.RemoveAll(e => !e.IsOpen);
    }

    /// <summary>The first frame, or the end of the stream, on its way to one of this process's ends arrives.</summary>
    public void Deliver(SmallEnd end)
    {
        if (end.Incoming.Dequeue() is { } bytes)
        {
            Received(end.Id, new Frame(new ReadOnlySequence<byte>(bytes)));
        }
        else
        {
            end.Close();
            Ends.Remove(end);
            Closed(end.Id);
        }

        EndBatch();
    }

    /// <summary>The connection with this rank.</summary>
    public SmallEnd? At(int rank) => Ends.Find(e => RankOf(e.Id) == rank);

    /// <summary>Identifies one of this process's connections independently of its number: by its peer, then by age.</summary>
    public int RankOf(ConnectionId connection)
    {
        if (connection == ConnectionId.None)
            return 0;
        int at = Ends.FindIndex(e => e.Id == connection && e.IsOpen);
        return at < 0 ? -1 : 1 + ((Ends[at].Other.Owner.Number + 1) * 100) + Ends.Take(at).Count(e => e.Other.Owner == Ends[at].Other.Owner);
    }
}
