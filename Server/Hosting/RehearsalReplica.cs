using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Hosting;

/// <summary>
/// A scratch replica of a <see cref="Rehearsal"/>: a real core with a disk that stores nothing and answers at once, and a network that is
/// the other replica's queue.
/// </summary>
internal sealed class RehearsalReplica : INetwork, IReplicaDisk, IReplicaHost, IReplicaEvents
{
    private static readonly ConnectionId FrontEnd = new(1);
    private static readonly ConnectionId NameServer = new(2);

    private readonly RehearsalReplica[] _all;
    private readonly Queue<Action<Now>> _events;
    private readonly ReadOnlyMemory<byte> _opening;
    private readonly FrameWriter _frames = new();
    private readonly Dictionary<ConnectionId, (RehearsalReplica Peer, ConnectionId There)> _connections = [];
    private long _lastConnection = NameServer.Value;

    public RehearsalReplica(int index, RehearsalReplica[] all, Queue<Action<Now>> events, ReadOnlyMemory<byte> opening)
    {
        _all = all;
        _events = events;
        _opening = opening;
        Endpoint = new Endpoint("rehearsal", index + 1);
        Member = new Member(new ReplicaId($"rehearsal-{index}"), new DiskId((UInt128)index + 1));
        var empty = new RecoveredDisk(Member.Disk, null, EntryPosition.Start, [], EntryPosition.Start, new ShopState());
        var self = new ReplicaIdentity(Member.Id, new BootId((UInt128)index + 1), Rehearsal.NameOfGroup, Endpoint, default(Endpoint), BootId.None);
        Core = new ReplicaCore(self, empty, new ReplicaOptions(), this, this, this, this);
        Core.Opened(default, FrontEnd, new Hello(Role.FrontEnd, "", default, default, default, Rehearsal.NameOfGroup));
    }

    public ReplicaCore Core { get; }

    public Member Member { get; }

    public Endpoint Endpoint { get; }

    public void FromFrontEnd<T>(T message)
        where T : struct, IMessage<T> => Deliver(this, FrontEnd, message);

    public ConnectionId Dial(Endpoint endpoint)
    {
        if (_all.FirstOrDefault(r => r.Endpoint == endpoint) is not { } peer)
            return NameServer; // which never answers

        var here = new ConnectionId(++_lastConnection);
        var there = new ConnectionId(++peer._lastConnection);
        _connections.Add(here, (peer, there));
        peer._connections.Add(there, (this, here));
        _events.Enqueue(now =>
        {
            peer.Core.Opened(now, there, Core.OwnHello());
            Core.Opened(now, here, peer.Core.OwnHello());
        });
        return here;
    }

    public void Send<T>(ConnectionId connection, ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        if (_connections.TryGetValue(connection, out (RehearsalReplica Peer, ConnectionId There) to))
            Deliver(to.Peer, to.There, message);
    }

    public void Close(ConnectionId connection) => _connections.Remove(connection);

    public void Write(LogWrite write) => _events.Enqueue(Core.Written);

    public void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo) => _events.Enqueue(now => Core.Checkpointed(now, upTo));

    public void Load() => _events.Enqueue(now => Core.Loaded(now, new ShopState(), EntryPosition.Start));

    public ReadOnlyMemory<byte> OpenShop() => _opening;

    public void LookUpPostcode(ulong token, string postcode) => _events.Enqueue(now => Core.PostcodeAnswered(now, token, PostcodeVerdict.Valid));

    public void AskNameHolder(Registration holder)
    {
    }

    private void Deliver<T>(RehearsalReplica to, ConnectionId connection, in T message)
        where T : struct, IMessage<T>
    {
        var bytes = new ArrayBufferWriter<byte>();
        _frames.Write(bytes, 0, message);
        var frame = new ReadOnlySequence<byte>(bytes.WrittenMemory[FrameLimits.PrefixBytes..]);
        _events.Enqueue(now => to.Core.Received(now, connection, new Frame(frame)));
    }
}
