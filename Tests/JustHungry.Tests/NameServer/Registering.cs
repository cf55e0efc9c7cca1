using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.Tests.NameServer;

/// <summary>Registrations, members and views as tests need them.</summary>
internal static class Registering
{
    public const string Group = "JH_orders";

    public static readonly ClusterId Cluster = new(77);

    public static Member Member(string id, int disk = 1) => new(new ReplicaId(id), new DiskId((UInt128)disk));

    public static Registration Name(string name, int boot = 1, int leaseMs = 10_000, params string[] metadata) =>
        new(name, new Endpoint("127.0.0.1", 4000), DiskId.None, ClusterId.None, Epoch.None, metadata, new BootId((UInt128)boot), leaseMs);

    /// <summary>A replica's registration; it is fresh unless it has adopted an epoch.</summary>
    public static Registration Replica(Member member, ulong adopted = 0, int boot = 1, ClusterId? cluster = null, string group = Group) =>
        new(NameRules.Replica(group, member.Id), new Endpoint("127.0.0.1", 4001), member.Disk,
            cluster ?? (adopted == 0 ? ClusterId.None : Cluster), new Epoch(adopted),
            [NameRules.BackendMetadata, NameRules.GroupMetadata(group), NameRules.IdMetadata(member.Id)], new BootId((UInt128)boot), 10_000);

    public static Register Request(Registration registration, int replaces = 0, bool always = false) =>
        new(registration, new BootId((UInt128)replaces), always);

    public static View View(ulong epoch, string primary, IReadOnlyList<Member> members, Member? joining = null, int minReplicas = 2, int dataLoss = 0) =>
        new(Cluster, Group, new Epoch(epoch), new ReplicaId(primary), members, joining, minReplicas, dataLoss);
}
