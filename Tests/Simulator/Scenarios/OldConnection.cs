using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Scenarios;

/// <summary>Pretends to be a certain replica, and sends what an old connection of that replica may still deliver.</summary>
internal sealed class OldConnection : SimProcess, ICore
{
    private readonly ReplicaNode _as;
    private ConnectionId _to;
    private Action? _offer;

    public OldConnection(Stage stage, ReplicaNode poses)
        : base(stage.World, "old" + poses.Number, 60 + poses.Number)
    {
        _as = poses;
        Start();
    }

    public bool IsRefused { get; private set; }

    public void Offer(ReplicaNode to, Epoch epoch, EntryPosition at)
    {
        _offer = () => Send(_to, 0, new TransferBegin(epoch, new TransferId(99), at));
        Post(_ => _to = Dial(to.Endpoint));
    }

    /// <summary>Sends an Append of a batch that the primary has sent before.</summary>
    public void Repeat(ReplicaNode to, Epoch epoch, EntryPosition previous, Server.Replication.LogBatch batch)
    {
        _offer = () => Send(_to, 0, new Append(epoch, new Round(1), previous, batch.Epoch, batch.Count, batch.Checksum, batch.Sequence, EntryIndex.None));
        Post(_ => _to = Dial(to.Endpoint));
    }

    public Hello OwnHello() => new(Role.Replica, _as.Id.Value, _as.Disk.Id, new BootId(5), default, NameRules.DefaultGroup);

    public HelloRefusal? Screen(in Hello peer) => HelloRefusal.WrongRole;

    public void Opened(Now now, ConnectionId connection, in Hello peer) => _offer?.Invoke();

    public void Received(Now now, ConnectionId connection, in Frame frame) => IsRefused |= frame.Type == MessageType.TransferRefused;

    public void Closed(Now now, ConnectionId connection)
    {
    }

    public void Tick(Now now)
    {
    }

    public void BatchEnded(Now now)
    {
    }

    protected override ICore Begin(Now now) => this;
}
