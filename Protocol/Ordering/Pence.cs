using System.Globalization;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>An amount of money in integer pence.</summary>
public readonly record struct Pence(long Value)
{
    public static Pence Zero => default;

    public static Pence operator +(Pence a, Pence b) => new(checked(a.Value + b.Value));

    public static Pence operator *(Pence price, int quantity) => new(checked(price.Value * quantity));

    /// <summary>Reads pounds and pence, <c>1.50</c>, <c>1.5</c>, <c>2</c>, with or without a pound sign: never negative, at most two decimals.</summary>
    public static bool TryParse(string? text, out Pence amount)
    {
        amount = default;
        text = text?.Trim().TrimStart('£');
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal pounds))
            return false;

        if (pounds > 1_000_000 || decimal.Truncate(pounds * 100) != pounds * 100)
            return false;

        amount = new Pence((long)(pounds * 100));
        return true;
    }

    /// <summary>Reads an amount from an answer. One that is negative, or above what the shop's rules allow, is malformed.</summary>
    internal static Pence Read(ref MessagePackReader reader, Pence max)
    {
        var amount = new Pence(reader.ReadInt64());
        return amount.Value >= 0 && amount.Value <= max.Value ? amount : throw new MessagePackSerializationException($"an amount of {amount.Value} pence");
    }

    /// <summary>As users read it: <c>£1.50</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"£{Value / 100}.{Math.Abs(Value % 100):00}");
}
