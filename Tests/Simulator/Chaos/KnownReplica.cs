using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Simulator.Chaos;

/// <summary>A registered replica and what is known about it.</summary>
internal sealed class KnownReplica(Member member, Endpoint endpoint)
{
    public Member Member { get; } = member;

    public Endpoint Endpoint { get; } = endpoint;

    public ConnectionId Connection { get; set; }

    public bool IsOpen { get; set; }

    public StatusReport? Report { get; set; }

    public long HeardMs { get; set; }

    public long NextDialMs { get; set; }

    public void Lost()
    {
        Connection = ConnectionId.None;
        IsOpen = false;
    }
}
