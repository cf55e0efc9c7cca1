using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Replication;

/// <summary>Who a replica's process is, and under which name server: all that it knows before it has looked at its disk.</summary>
/// <param name="Advertised">Where others reach it.</param>
/// <param name="Replaces">The process that held this replica's name and was found dead; none otherwise.</param>
internal sealed record ReplicaIdentity(ReplicaId Id, BootId Boot, string Group, Endpoint Advertised, Endpoint NameServer, BootId Replaces);
