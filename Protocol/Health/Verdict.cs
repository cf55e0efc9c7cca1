namespace JustHungry.Protocol.Health;

/// <summary>Whether a shop takes orders.</summary>
public enum Standing
{
    Ok = 0,

    /// <summary>Orders are taken; something is missing that should be mended before more fails.</summary>
    Degraded = 1,
    NotTakingOrders = 2,
}

/// <summary>The answer to "does the shop take orders?", in a line.</summary>
/// <param name="Because">What is wrong, without a full stop; empty if nothing is.</param>
/// <param name="Do">What to do about it, as an order; empty if it passes by itself.</param>
public sealed record Verdict(Standing Standing, string Because, string Do)
{
    public static Verdict Ok { get; } = new(Standing.Ok, "", "");

    /// <summary>Orders are taken, though something may be missing.</summary>
    public bool TakesOrders => Standing != Standing.NotTakingOrders;

    /// <summary>The word for scripts.</summary>
    public string Word => Standing switch { Standing.Ok => "OK", Standing.Degraded => "DEGRADED", _ => "NOT TAKING ORDERS" };

    public override string ToString() => Because.Length == 0 ? Word : $"{Word}: {Because}" + (Do.Length == 0 ? "" : $" - {Do}");
}
