using System.Text;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Storage;

/// <summary>
/// The words for status and delivery that users and reports see, encoded once because they are written and read for every order.
/// </summary>
internal static class OrderWords
{
    private static readonly byte[][] Statuses = Words(OrderStatus.Delivered, status => ((OrderStatus)status).ToString());
    private static readonly byte[][] DeliveryWords = Words(Delivery.NextDay, delivery => ((Delivery)delivery).Word());

    public static ReadOnlySpan<byte> Of(OrderStatus status) => Statuses[(int)status];

    public static ReadOnlySpan<byte> Of(Delivery delivery) => DeliveryWords[(int)delivery];

    public static bool TryRead(ReadOnlySpan<byte> word, out OrderStatus status)
    {
        status = (OrderStatus)Find(Statuses, word);
        return status != 0;
    }

    public static bool TryRead(ReadOnlySpan<byte> word, out Delivery delivery)
    {
        delivery = (Delivery)Find(DeliveryWords, word);
        return delivery != 0;
    }

    /// <summary>The words of the values from 1 to the last one, each at the index of its value.</summary>
    private static byte[][] Words<T>(T last, Func<int, string> word)
        where T : struct, Enum =>
        [[], .. Enumerable.Range(1, Convert.ToInt32(last, null)).Select(value => Encoding.UTF8.GetBytes(word(value)))];

    /// <summary>The value of a word; 0 if there is no such word.</summary>
    private static int Find(byte[][] words, ReadOnlySpan<byte> word)
    {
        for (int value = 1; value < words.Length; value++)
        {
            if (word.SequenceEqual(words[value]))
                return value;
        }

        return 0;
    }
}
