using JustHungry.Protocol.Ids;

namespace JustHungry.Simulator.Users;

/// <summary>The simulated shop's owner: the same key in every schedule, so that a seed needs no chance for it.</summary>
internal static class ShopOwner
{
    public static OwnerKey Key { get; } = new(0xF00D, 0xCAFE);

    /// <summary>Some mistake the key: they must be refused.</summary>
    public static OwnerKey WrongKey { get; } = new(0xF00D, 0xCAFF);
}
