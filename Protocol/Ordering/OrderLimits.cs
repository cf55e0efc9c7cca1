namespace JustHungry.Protocol.Ordering;

/// <summary>What an order and a customer's details may hold, checked by the shop and, before anything is sent, by the CLI.</summary>
public static class OrderLimits
{
    public const int LinesMax = 100;
    public const int QuantityMax = 10_000;
    public const int DetailCharsMax = 200;
    public const int ProductNameCharsMax = 200;

    /// <summary>How many orders one answer lists; ask for the rest with <c>after</c>.</summary>
    public const int OrdersPerAnswer = 500;

    /// <summary>How many products a shop may have: all of them are listed in one answer.</summary>
    public const int ProductsMax = 1_000;

    /// <summary>How many orders one answer to SHOP_REPORT adds up: about a millisecond of the primary's time.</summary>
    public const int OrdersPerReport = 20_000;

    /// <summary>
    /// Far above any shop's need, yet low enough that the stock of cancelled orders, added back, does not overflow an int.
    /// </summary>
    public const int StockMax = 1_000_000_000;

    /// <summary>A UTF-8 character is at most 4 bytes.</summary>
    public const int DetailBytesMax = DetailCharsMax * 4;

    public static Pence TipMax => new(100_000);

    /// <summary>With this, the most expensive order (100 lines of 10,000) stays far below the range of long.</summary>
    public static Pence PriceMax => new(100_000_000);

    /// <summary>
    /// More than any order costs and than all orders of a report add up to, yet low enough that answers can be added up without overflow.
    /// </summary>
    public static Pence TotalMax => new(1L << 52);
}
