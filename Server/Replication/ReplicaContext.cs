using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Server.Replication;

/// <summary>What the parts of a replica's core share. It never changes itself; each thing in it is owned by the core, and says who may change it.</summary>
internal sealed class ReplicaContext
{
    public required Member Self { get; init; }

    public required BootId Boot { get; init; }

    public required string Group { get; init; }

    public required ReplicaOptions Options { get; init; }

    public required INetwork Network { get; init; }

    public required IReplicaDisk Disk { get; init; }

    public required IReplicaEvents Events { get; init; }

    public required ReplicaLog Log { get; init; }

    public required AppliedShop Shop { get; init; }

    /// <summary>Where the other replicas listen.</summary>
    public KnownEndpoints Endpoints { get; } = new();

    /// <summary>Numbers the postcode look-ups of this run, over all epochs: a late verdict must not meet another request.</summary>
    public Numbering LookUps { get; } = new();

    /// <summary>Numbers the state transfers of this run, over all epochs.</summary>
    public Numbering Transfers { get; } = new();
}
