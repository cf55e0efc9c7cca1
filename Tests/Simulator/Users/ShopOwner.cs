using JustHungry.Protocol.Ids;

namespace JustHungry.Simulator.Users;

/// <summary>The owner of the simulated shop, with the same key in every schedule, so that no random number is drawn for it.</summary>
internal static class ShopOwner
{
    public static OwnerKey Key { get; } = new(0xF00D, 0xCAFE);

    /// <summary>Used by some by mistake; it must be refused.</summary>
    public static OwnerKey WrongKey { get; } = new(0xF00D, 0xCAFF);
}
