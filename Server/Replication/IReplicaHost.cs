using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>What a replica's core asks of the process it runs in. Called in the step; the answers named here come as events of their own.</summary>
internal interface IReplicaHost
{
    /// <summary>Asks the postcode service. Answer: <see cref="ReplicaCore.PostcodeAnswered"/>. The core bounds how many are asked at once.</summary>
    void LookUpPostcode(ulong token, string postcode);

    /// <summary>
    /// Another process holds this replica's name, which it has never had itself: does that one live? Answer: <see cref="ReplicaCore.Replace"/>
    /// if it is dead. If it lives this process must end, since two must not share an id.
    /// </summary>
    void AskNameHolder(Registration holder);

    /// <summary>The effects of the shop's opening, entry 1: asked for when this replica is a new group's first primary, and answered at once.</summary>
    ReadOnlyMemory<byte> OpenShop();
}
