using MessagePack;

namespace JustHungry.Tests.Fuzzing;

/// <summary>Where the elements of a valid MessagePack value stand in its bytes, at every depth, the value itself first.</summary>
internal static class Elements
{
    public static List<Range> Of(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        List<Range> found = [];
        while (!reader.End)
            Walk(bytes, ref reader, found);
        return found;
    }

    public static byte[] Replace(byte[] bytes, Range element, ReadOnlySpan<byte> by) => [.. bytes.AsSpan(..element.Start.Value), .. by, .. bytes.AsSpan(element.End.Value..)];

    private static void Walk(byte[] bytes, ref MessagePackReader reader, List<Range> found)
    {
        int start = (int)reader.Consumed;
        int place = found.Count;
        found.Add(default);
        if (reader.NextMessagePackType == MessagePackType.Array)
        {
            int count = reader.ReadArrayHeader();
            for (int i = 0; i < count; i++)
                Walk(bytes, ref reader, found);
        }
        else
        {
            reader.Skip();
        }

        found[place] = start..(int)reader.Consumed;
    }
}
