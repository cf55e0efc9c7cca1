using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>Stands for every front end that ever sends a view; it sends nothing else, and does not listen.</summary>
internal sealed class Teller(SmallWorld world, int number) : SmallProcess(world, number, "teller")
{
    public override bool IsUp => true;

    public override Hello OwnHello() => new(Role.FrontEnd, Name, default, new(9), default, NameRules.DefaultGroup);

    public override void Opened(ConnectionId connection, in Hello peer)
    {
    }

    public override void Received(ConnectionId connection, in Frame frame)
    {
    }

    public override void Closed(ConnectionId connection)
    {
    }

    public override void EndBatch()
    {
    }

    public override void HashInto(StateHash hash)
    {
    }

    public override bool Ignores(MessageType type) => true;
}
