using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;

namespace JustHungry.NameServer.Registers;

/// <summary>Who waits for an answer, and under which correlation. If the connection has closed meanwhile, the answer goes nowhere.</summary>
/// <param name="Group">Whose process asks. It can neither take nor remove a name of another group.</param>
internal readonly record struct Asker(INetwork Network, ConnectionId Connection, string Group, ulong Correlation)
{
    public void Answer<T>(in T message)
        where T : struct, IMessage<T> =>
        Network.Send(Connection, Correlation, message);
}
