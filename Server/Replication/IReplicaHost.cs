using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// What a replica's core asks of the process it runs in. Called during a step of the core; the answers named here come as separate events.
/// </summary>
internal interface IReplicaHost
{
    /// <summary>
    /// Asks the postcode service. Answer: <see cref="ReplicaCore.PostcodeAnswered"/>. The core limits how many look-ups run at once.
    /// </summary>
    void LookUpPostcode(ulong token, string postcode);

    /// <summary>
    /// Another process holds this replica's name, which this process has never held: is that one alive? Answer:
    /// <see cref="ReplicaCore.Replace"/> if it is dead. If it is alive, this process must end, since two must not share an id.
    /// </summary>
    void AskNameHolder(Registration holder);

    /// <summary>
    /// Returns the effects that open the shop, which become entry 1: called when this replica is the first primary of a new group.
    /// </summary>
    ReadOnlyMemory<byte> OpenShop();

    /// <summary>
    /// Returns the effects that give the shop another owner's key, if an operator asked for that; called whenever this replica begins to
    /// lead.
    /// </summary>
    /// <param name="shops">The hash of the key that is the owner's; null: the shop has no owner.</param>
    ReadOnlyMemory<byte>? ResetOwnerKey(KeyHash? shops) => null;
}
