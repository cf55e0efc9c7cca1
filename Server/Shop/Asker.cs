using System.Runtime.InteropServices;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Shop;

/// <summary>The user who asks for an update: a customer, or a stranger, of whom the shop remembers at most refusals.</summary>
/// <param name="Customer">Null for a stranger.</param>
/// <param name="Answered">The answers given before; null if none is remembered.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Asker(UserId User, KeyHash Key, Customer? Customer, AnsweredRing? Answered)
{
    public Sequence HighestSequence => Answered?.HighestSequence ?? Sequence.None;

    public bool IsStranger => Customer is null;

    public bool HasUsed(RequestId id) => Answered is not null && Answered.Holds(id);
}
