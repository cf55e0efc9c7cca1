namespace JustHungry.Protocol.Ids;

/// <summary>One update that a user asks for; every repetition carries the same one.</summary>
public readonly record struct RequestId(UInt128 Value)
{
    public static RequestId None => default;

    public override string ToString() => Value.ToString("x32");
}
