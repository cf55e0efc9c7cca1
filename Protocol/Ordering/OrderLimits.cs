namespace JustHungry.Protocol.Ordering;

/// <summary>What an order and a customer's details may hold, checked by the shop and, before anything is sent, by the CLI.</summary>
public static class OrderLimits
{
    public const int LinesMax = 100;
    public const int QuantityMax = 10_000;
    public const int DetailCharsMax = 200;
    public const int ProductNameCharsMax = 200;

    /// <summary>How many orders one answer lists; the rest is asked for with <c>after</c>.</summary>
    public const int OrdersPerAnswer = 500;

    /// <summary>How many products a shop may have: the list is one answer.</summary>
    public const int ProductsMax = 1_000;

    /// <summary>A UTF-8 character is at most 4 bytes.</summary>
    public const int DetailBytesMax = DetailCharsMax * 4;

    public static Pence TipMax => new(100_000);
}
