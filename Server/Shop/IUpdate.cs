using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>
/// A change that a user asks for: how it is read, what can be wrong with it whatever the shop holds, and how the shop decides it.
/// <see cref="ShopState"/> does what is common to all updates. The types are structs so that passing one costs no allocation.
/// </summary>
internal interface IUpdate<TSelf> where TSelf : struct, IUpdate<TSelf>
{
    /// <summary>True if only the shop's owner may ask for it.</summary>
    static virtual bool IsOwners => false;

    /// <summary>True if a stranger becomes a customer by it, as long as the shop has room for one more.</summary>
    static virtual bool AddsCustomer => false;

    /// <summary>Reads a request's body; the owner's key has already been taken off an owner's request.</summary>
    static abstract TSelf Read(ref MessagePackReader reader);

    /// <summary>The postcode that must be checked before this can be decided; null if there is none.</summary>
    static virtual string? PostcodeToAsk(in TSelf update) => null;

    /// <summary>
    /// A refusal that depends on the request alone, and therefore needs no entry; null if nothing is wrong with the request.
    /// </summary>
    RefusalAnswer? FirstFault();

    /// <summary>Reads the tables, writes the change as effects, and never changes the tables itself.</summary>
    Answer Decide(in UpdateContext context);
}
