namespace JustHungry.Protocol.Ids;

/// <summary>Identifies one run of a process; made at its start.</summary>
public readonly record struct BootId(UInt128 Value)
{
    public static BootId None => default;

    public override string ToString() => Value.ToString("x32");
}
