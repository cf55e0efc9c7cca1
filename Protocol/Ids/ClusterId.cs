namespace JustHungry.Protocol.Ids;

/// <summary>Identifies one group over its whole life; made at Bootstrap. Replicas of different clusters never talk to each other.</summary>
public readonly record struct ClusterId(UInt128 Value)
{
    public static ClusterId None => default;

    public override string ToString() => Value.ToString("x32");
}
