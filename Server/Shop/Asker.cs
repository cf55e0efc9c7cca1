using System.Runtime.InteropServices;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Shop;

/// <summary>Whoever asks for an update, with a key that is not wrong: a customer; or a stranger, of whom the shop remembers refusals or nothing.</summary>
/// <param name="Customer">Null: a stranger.</param>
/// <param name="Answered">What was answered before; null: nothing that is still known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Asker(UserId User, KeyHash Key, Customer? Customer, AnsweredRing? Answered)
{
    public Sequence HighestSequence => Answered?.HighestSequence ?? Sequence.None;

    public bool IsStranger => Customer is null;

    public bool HasUsed(RequestId id) => Answered is not null && Answered.Holds(id);
}
