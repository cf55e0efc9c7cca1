using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>
/// What a user asks the shop to change: how it is read, what can be wrong with it whatever the shop holds, and how the shop decides it.
/// <see cref="ShopState"/> does around it what is the same for all updates. The types are structs, so that carrying one costs nothing.
/// </summary>
internal interface IUpdate<TSelf> where TSelf : struct, IUpdate<TSelf>
{
    /// <summary>True if only the shop's owner may ask for it.</summary>
    static virtual bool IsOwners => false;

    /// <summary>Reads a request's body; an owner's comes without the owner's key.</summary>
    static abstract TSelf Read(ref MessagePackReader reader);

    /// <summary>What the postcode service must be asked before this can be decided; null: nothing.</summary>
    static virtual string? PostcodeToAsk(in TSelf update) => null;

    /// <summary>The refusal that depends on the request alone, and therefore needs no entry; null: nothing is wrong with it.</summary>
    RefusalAnswer? FirstFault();

    /// <summary>Reads the tables, writes the change as effects, and never changes the tables itself.</summary>
    Answer Decide(in UpdateContext context);
}
