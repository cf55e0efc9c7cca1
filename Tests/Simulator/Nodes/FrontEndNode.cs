using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Network;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Nodes;

/// <summary>A front end's process. The ledger sees each answer at the moment it leaves.</summary>
internal sealed class FrontEndNode(SimWorld world, int number, string name, Ledger ledger, Func<FrontEndNode, ICore> boot)
    : SimProcess(world, name, number)
{
    private readonly SortedDictionary<(long Connection, ulong Correlation), (UserId User, Sequence Sequence, RequestId Request)> _updates = [];
    private ICore? _core;

    /// <summary>Requests that it has taken and not answered yet.</summary>
    public int Waiting => (_core as FrontEndCore)?.Waiting ?? 0;

    protected override ICore Begin(Now now)
    {
        _updates.Clear();
        return _core = boot(this);
    }

    protected override void Stops(Now now) => (_core as FrontEndCore)?.BeginStop(now);

    protected override void Receives(SimSocket socket, in Frame frame)
    {
        if (frame.Type != MessageType.Request)
            return;
        UserRequest content = frame.As<Request>().Content;
        if (content.Kind.IsUpdate())
            _updates[(socket.Id.Value, frame.Correlation)] = (content.User, content.Sequence, content.RequestId);
    }

    protected override void Sends<T>(SimSocket socket, ulong correlation, in T message)
    {
        if (message is not Reply reply || !_updates.Remove((socket.Id.Value, correlation), out (UserId User, Sequence Sequence, RequestId Request) update))
            return;
        if (Answer.Read(reply.Answer).Code.IsFinal())
            ledger.Releases(update.User, update.Sequence, update.Request, reply.Answer);
    }
}
