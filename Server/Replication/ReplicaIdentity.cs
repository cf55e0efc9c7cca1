using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Replication;

/// <summary>What a replica's process knows about itself before it has read its disk.</summary>
/// <param name="Advertised">Where others reach it.</param>
/// <param name="Replaces">The process that held this replica's name and was found dead; None if there was none.</param>
internal sealed record ReplicaIdentity(ReplicaId Id, BootId Boot, string Group, Endpoint Advertised, NameServerList NameServers, BootId Replaces);
