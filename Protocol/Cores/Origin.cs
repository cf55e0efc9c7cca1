namespace JustHungry.Protocol.Cores;

/// <summary>
/// Where a peer connects from: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has one of those has all that begin like it.
/// </summary>
/// <param name="Network">The address, or its beginning, as a number; 0 if nobody knows.</param>
public readonly record struct Origin(ulong Network) : IComparable<Origin>
{
    public int CompareTo(Origin other) => Network.CompareTo(other.Network);
}
