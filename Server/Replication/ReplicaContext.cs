using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Replication;

/// <summary>
/// What the parts of a replica's core share. Its references never change; each object in it is owned by the core, and documents who may
/// change it.
/// </summary>
internal sealed class ReplicaContext(
    ReplicaIdentity identity, RecoveredDisk recovered, ReplicaOptions options, INetwork network, IReplicaDisk disk, IReplicaEvents events)
{
    public Member Self { get; } = new(identity.Id, recovered.Disk);

    public BootId Boot => identity.Boot;

    public string Group => identity.Group;

    public ReplicaOptions Options => options;

    public INetwork Network => network;

    public IReplicaDisk Disk => disk;

    public IReplicaEvents Events => events;

    public ReplicaLog Log { get; } = new(disk, recovered);

    public AppliedShop Shop { get; } = new(disk, recovered.Shop, recovered.CheckpointAt.Index);

    /// <summary>Where the other replicas listen.</summary>
    public KnownEndpoints Endpoints { get; } = new();

    /// <summary>
    /// Numbers the postcode look-ups of this run across all epochs, so that a late answer is not taken for another request's.
    /// </summary>
    public Numbering LookUps { get; } = new();

    /// <summary>Numbers the state transfers of this run across all epochs.</summary>
    public Numbering Transfers { get; } = new();
}
