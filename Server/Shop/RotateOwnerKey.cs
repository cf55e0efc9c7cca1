using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>ROTATE_OWNER_KEY, an owner's request: another key is the owner's from now on. The shop gets only the new key's hash.</summary>
internal readonly record struct RotateOwnerKey(KeyHash Next) : IUpdate<RotateOwnerKey>
{
    public static bool IsOwners => true;

    public static RotateOwnerKey Read(ref MessagePackReader reader) => new(reader.ReadHash());

    public RefusalAnswer? FirstFault() => null;

    public Answer Decide(in UpdateContext context)
    {
        context.Effects.SetOwnerKey(Next);
        return new OwnerKeyAnswer(Next);
    }
}
