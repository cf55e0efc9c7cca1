namespace JustHungry.Protocol.Ids;

/// <summary>Identifies a user; made at random by the CLI at first use.</summary>
public readonly record struct UserId(UInt128 Value)
{
    public static UserId None => default;

    public override string ToString() => Value.ToString("x32");
}
