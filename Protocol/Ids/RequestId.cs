namespace JustHungry.Protocol.Ids;

/// <summary>Identifies one update that a user asks for; every repetition carries the same id.</summary>
public readonly record struct RequestId(UInt128 Value)
{
    public static RequestId None => default;

    public override string ToString() => Value.ToString("x32");
}
