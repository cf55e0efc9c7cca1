namespace JustHungry.Protocol.Ordering;

/// <summary>When an order is brought.</summary>
public enum Delivery : byte
{
    TwoHours = 1,
    SameDay = 2,
    NextDay = 3,
}

/// <summary>A delivery's price, and the words for it in options, JSON and menus.</summary>
public static class Deliveries
{
    public static IReadOnlyList<Delivery> All { get; } = [Delivery.TwoHours, Delivery.SameDay, Delivery.NextDay];

    public static bool IsKnown(Delivery delivery) => delivery is Delivery.TwoHours or Delivery.SameDay or Delivery.NextDay;

    public static Pence Price(this Delivery delivery) => delivery switch
    {
        Delivery.TwoHours => new Pence(300),
        Delivery.SameDay => new Pence(100),
        Delivery.NextDay => Pence.Zero,
        _ => throw new ArgumentOutOfRangeException(nameof(delivery)),
    };

    /// <summary>As in <c>--delivery</c> and in JSON.</summary>
    public static string Word(this Delivery delivery) => delivery switch
    {
        Delivery.TwoHours => "2-hours",
        Delivery.SameDay => "same-day",
        Delivery.NextDay => "next-day",
        _ => throw new ArgumentOutOfRangeException(nameof(delivery)),
    };

    /// <summary>As in menus.</summary>
    public static string Description(this Delivery delivery) => delivery switch
    {
        Delivery.TwoHours => "within 2 hours",
        Delivery.SameDay => "same day",
        Delivery.NextDay => "next day",
        _ => throw new ArgumentOutOfRangeException(nameof(delivery)),
    };

    public static bool TryParse(string? word, out Delivery delivery)
    {
        foreach (Delivery candidate in All)
        {
            if (candidate.Word() == word)
            {
                delivery = candidate;
                return true;
            }
        }

        delivery = default;
        return false;
    }
}
