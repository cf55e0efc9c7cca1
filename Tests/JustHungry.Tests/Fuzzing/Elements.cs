using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Tests.Fuzzing;

/// <summary>Where the elements of a valid MessagePack value stand in its bytes, at every depth, the value itself first.</summary>
internal static class Elements
{
    private const int ElementsMax = 1_000; // what comes after, however nested, is one element

    public static List<Range> Of(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        List<Range> found = [];
        while (!reader.End)
            Walk(bytes, ref reader, found);
        return found;
    }

    /// <summary>False if the bytes are no MessagePack.</summary>
    public static bool TryFind(byte[] bytes, out List<Range> elements)
    {
        try
        {
            elements = Of(bytes);
            return elements.Count > 0;
        }
        catch (Exception)
        {
            elements = [];
            return false;
        }
    }

    public static byte[] Replace(byte[] bytes, Range element, ReadOnlySpan<byte> by) => [.. bytes.AsSpan(..element.Start.Value), .. by, .. bytes.AsSpan(element.End.Value..)];

    private static void Walk(byte[] bytes, ref MessagePackReader reader, List<Range> found)
    {
        int start = (int)reader.Consumed;
        int place = found.Count;
        found.Add(default);
        if (reader.NextMessagePackType == MessagePackType.Array && found.Count < ElementsMax)
        {
            int count = reader.ReadArrayHeader();
            for (int i = 0; i < count; i++)
                Walk(bytes, ref reader, found);
        }
        else
        {
            reader.SkipElement();
        }

        found[place] = start..(int)reader.Consumed;
    }
}
