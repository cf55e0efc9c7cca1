namespace JustHungry.Protocol.Ids;

/// <summary>
/// Identifies one data directory of a replica; made with it. An empty, replaced or restored disk has another id, so it is a different
/// member.
/// </summary>
public readonly record struct DiskId(UInt128 Value)
{
    public static DiskId None => default;

    public override string ToString() => Value.ToString("x32");
}
