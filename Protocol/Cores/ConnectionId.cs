namespace JustHungry.Protocol.Cores;

/// <summary>One connection of this process, dialled or accepted. Never re-used: a new connection to the same peer has another id.</summary>
public readonly record struct ConnectionId(long Value)
{
    public static ConnectionId None => default;

    public override string ToString() => "#" + Value;
}
