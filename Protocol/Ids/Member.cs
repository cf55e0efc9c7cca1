namespace JustHungry.Protocol.Ids;

/// <summary>A replica with its disk. A peer is a member of a view only if both ids equal the view's.</summary>
public readonly record struct Member(ReplicaId Id, DiskId Disk)
{
    public override string ToString() => Id.ToString();
}
